from accounts.models.author import Author
from accounts.models.user import User

__all__ = ["Author", "User"]
