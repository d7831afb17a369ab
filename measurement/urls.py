"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from governance.sign_in import SignIn

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sign-in/", SignIn.as_view(), name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    # Before what answers every other address of the API: that there is none.
    path("api/v1/review/", include("identity.api.urls")),
    path("api/v1/", include("reporting.api.urls")),
    path("", include("governance.urls")),
    path("", include("measurement.views.urls")),
    path("", include("identity.urls")),
    path("", include("reporting.urls")),
]
