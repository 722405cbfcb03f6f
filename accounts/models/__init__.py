from accounts.models.author import Author
from accounts.models.ban import Ban
from accounts.models.follow import Follow, OwnFace
from accounts.models.notification import Notification, NotificationChoice
from accounts.models.tally import Tally
from accounts.models.user import User

__all__ = [
    "Author",
    "Ban",
    "Follow",
    "Notification",
    "NotificationChoice",
    "OwnFace",
    "Tally",
    "User",
]
