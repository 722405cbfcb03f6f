"""What the desk's editor asks for while somebody writes, under django-markdownx's own names."""

from django.urls import path

from blog.views import desk

urlpatterns = [
    path("markdownx/upload/", desk.upload, name="markdownx_upload"),
    path("markdownx/markdownify/", desk.preview, name="markdownx_markdownify"),
]
