"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from governance.sign_in import SignIn

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sign-in/", SignIn.as_view(), name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path("", include("governance.urls")),
    path("", include("measurement.views.urls")),
    path("", include("identity.urls")),
    path("", include("reporting.urls")),
]
