"""The page on which somebody gives tokens to their programs, and takes them back."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.debug import (
    sensitive_post_parameters,
    sensitive_variables,
)
from django.views.decorators.http import require_POST

from governance import people, tokens
from governance.models import ApiToken, User

# Of those that are heard no longer, as many as anybody looks through.
GONE = 20
_LIVES = {7: "A week", 30: "A month", 90: "Three months", 365: "A year"}


class TokenForm(forms.Form):
    """What a token is for, what it may, and that it is really its owner who asks."""

    name = forms.CharField(
        max_length=80,
        label="Name",
        help_text="What will use it: a job, a machine, a notebook.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(label="It may")
    days = forms.TypedChoiceField(
        coerce=int,
        choices=_LIVES.items(),
        initial=90,
        label="For",
        help_text="Then it runs out by itself.",
    )
    password = forms.CharField(
        label="Your password",
        help_text="Asked again: whoever finds your screen open makes no token.",
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, *given: Any, by: User, **options: Any) -> None:
        super().__init__(*given, **options)
        self.by = by
        may = [(ApiToken.Scope.READ.value, "read what is agreed")]
        if people.may_suggest(by):
            may.append((ApiToken.Scope.PROPOSE.value, "read, and ask for changes"))
        self.fields["scope"].choices = may  # type: ignore[attr-defined]

    @sensitive_variables("typed")
    def clean_password(self) -> None:
        """See that the password is theirs; keep nothing of it."""
        typed: str = self.cleaned_data["password"]
        if not self.by.check_password(typed):
            raise ValidationError("This is not your password.")


@sensitive_post_parameters("password")
@sensitive_variables("made")
def index(request: HttpRequest) -> HttpResponse:
    """List the tokens somebody made, and make another; its secret is on this answer alone."""
    by, at = people.asking(request), timezone.now()
    typed = request.POST if request.method == "POST" else None
    form = TokenForm(typed, by=by)
    made, refusal = None, ""
    if typed is not None and form.is_valid():
        said = form.cleaned_data
        try:
            made = tokens.make(
                name=said["name"], scope=said["scope"],
                lives=timedelta(days=said["days"]), by=by, at=at,
            )  # fmt: skip
        except tokens.TokenError as refused:
            refusal = str(refused)
        else:
            form = TokenForm(by=by)
    status = 409 if refusal else 422 if form.errors else 200
    response = render(
        request,
        "governance/tokens.html",
        {
            "section": "tokens",
            "form": form,
            "made": made,
            "refusal": refusal,
            "live": ApiToken.objects.filter(user=by).live(at),
            "gone": ApiToken.objects.filter(user=by).gone(at)[:GONE],
        },
        status=status,
    )
    # No cache, and no page that is gone back to, keeps a secret.
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Take one of one's own tokens back."""
    try:
        token = tokens.revoke(
            token_id=token_id, by=people.asking(request), at=timezone.now()
        )
    except tokens.TokenError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{token.name} is revoked: nobody acts by it now.")
    return redirect("governance:tokens")
