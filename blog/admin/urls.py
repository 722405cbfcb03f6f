"""What the desk's editor asks for while somebody writes, partly under django-markdownx's names."""

from django.urls import path

from blog.views import desk, library

urlpatterns = [
    path("markdownx/upload/", desk.upload, name="markdownx_upload"),
    path("markdownx/markdownify/", desk.preview, name="markdownx_markdownify"),
    path("pictures/", library.library, name="desk_library"),
    path("pictures/<int:pk>/", library.picture, name="desk_picture"),
]
