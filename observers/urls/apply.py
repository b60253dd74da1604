"""The application form of one person: own initiative and organisations' observers alike."""

from django.urls import path

from observers.badges.views import own
from observers.views import appeals, apply, conversation, documents, files, steps, substituting

app_name = "apply"

urlpatterns = [
    path("", apply.start, name="start"),
    path("<uuid:key>/", apply.overview, name="overview"),
    path("<uuid:key>/check/", apply.check, name="check"),
    path("<uuid:key>/receipt/", apply.receipt, name="receipt"),
    path("<uuid:key>/withdraw/", apply.withdraw, name="withdraw"),
    path("<uuid:key>/substitute/", substituting.substitute, name="substitute"),
    path("<uuid:key>/appeal/", appeals.appeal, name="appeal"),
    path("<uuid:key>/appeal/withdraw/", appeals.withdraw, name="withdraw_appeal"),
    path("appeals/<uuid:appeal>/ruling/", appeals.ruling, name="ruling"),
    path("<uuid:key>/message/", conversation.message, name="message"),
    path("<uuid:key>/photo.jpg", files.photo, name="photo"),
    path("<uuid:key>/badge.pdf", own.badge_pdf, name="badge"),
    path("<uuid:key>/documents/", documents.documents, name="documents"),
    path("<uuid:key>/documents/<uuid:document>/", files.document, name="document"),
    path("<uuid:key>/documents/<uuid:document>/remove/", documents.remove, name="remove_document"),
    path("<uuid:key>/<slug:step>/", steps.step, name="step"),
    path("<uuid:key>/<slug:step>/autosave/", steps.autosave, name="autosave"),
]
