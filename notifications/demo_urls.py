from django.urls import path

from notifications import demo

urlpatterns = [
    path("", demo.mailbox, name="demo_mail"),
    path("<str:name>/", demo.message, name="demo_message"),
]
