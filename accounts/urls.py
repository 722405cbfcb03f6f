from django.urls import include, path, re_path

from accounts import inbox, reading, views

urlpatterns = [
    path("", views.preferences, name="account_preferences"),
    path("reading/", reading.reading, name="account_reading"),
    path("telling/", inbox.telling, name="account_telling"),
    path("inbox/", inbox.inbox, name="account_inbox"),
    path("inbox/reading/", inbox.reading, name="account_inbox_reading"),
    path("inbox/<int:pk>/opening/", inbox.opening, name="account_inbox_opening"),
    path("following/", views.following, name="account_following"),
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
