"""/organisations/: who an organisation is, who acts for it, its nomination rights.

The desk with its people is in `observers/urls/people.py`, under the same address.
"""

from django.urls import include, path

from organisations.views import documents, nominations, particulars, representatives

organisation_pages = [
    path("", particulars.organisations, name="list"),
    path("new/", particulars.new, name="new"),
    path("<uuid:organisation>/details/", particulars.details, name="details"),
    path(
        "<uuid:organisation>/representatives/",
        representatives.representatives,
        name="representatives",
    ),
    path(
        "<uuid:organisation>/representatives/<int:representative>/remove/",
        representatives.remove,
        name="remove_representative",
    ),
    path("<uuid:organisation>/nominate/<slug:election>/", nominations.begin, name="nominate"),
]

nomination_pages = [
    path("", nominations.overview, name="overview"),
    path("organisation/", nominations.organisation, name="organisation"),
    path("mission/", nominations.mission, name="mission"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<uuid:document>/", documents.document_file, name="document"),
    path("documents/<uuid:document>/remove/", documents.detach, name="detach"),
    path("documents/<slug:code>/attach/", documents.attach, name="attach"),
    path("check/", nominations.check, name="check"),
    path("receipt/", nominations.receipt, name="receipt"),
    path("withdraw/", nominations.withdraw, name="withdraw"),
]

urlpatterns = [
    path("nominations/<uuid:key>/", include((nomination_pages, "nomination"))),
    path("", include((organisation_pages, "organisations"))),
]
