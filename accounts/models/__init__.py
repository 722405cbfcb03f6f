from accounts.models.author import Author
from accounts.models.ban import Ban
from accounts.models.block import Block, Oneself
from accounts.models.follow import Follow, OwnFace
from accounts.models.mute import Mute
from accounts.models.notification import Notification, NotificationChoice
from accounts.models.tally import Tally
from accounts.models.user import User

__all__ = [
    "Author",
    "Ban",
    "Block",
    "Follow",
    "Mute",
    "Notification",
    "NotificationChoice",
    "Oneself",
    "OwnFace",
    "Tally",
    "User",
]
