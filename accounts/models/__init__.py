from accounts.models.author import Author
from accounts.models.notification import Notification, NotificationChoice
from accounts.models.tally import Tally
from accounts.models.user import User

__all__ = ["Author", "Notification", "NotificationChoice", "Tally", "User"]
