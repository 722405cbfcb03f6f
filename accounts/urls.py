from django.urls import include, path, re_path

from accounts import views

urlpatterns = [
    path("", views.preferences, name="account_preferences"),
    # Ours before django-allauth's of the same name and address.
    path(
        "confirm-email/",
        views.VerificationSentView.as_view(),
        name="account_email_verification_sent",
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        views.ConfirmEmailView.as_view(),
        name="account_confirm_email",
    ),
    path("", include("allauth.urls")),
]
