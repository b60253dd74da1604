"""An organisation's desk: /organisations/<its key>/ and what lies below it."""

from django.urls import path

from observers.badges.views import downloads, organisation
from observers.intake.views import photos, upload, uploads
from observers.views import agreements, desk, submissions

app_name = "people"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("people/new/", desk.begin, name="begin"),
    path("submit/", submissions.submit, name="submit"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<uuid:submission>/", submissions.submission, name="submission"),
    path(
        "submissions/<uuid:submission>/receipt.pdf",
        submissions.submission_pdf,
        name="submission_pdf",
    ),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/sheet/", agreements.sheet, name="agreement_sheet"),
    path("badges/", organisation.badges, name="badges"),
    path("badges/make/", downloads.make, name="badges_make"),
    path("badges/<uuid:batch>/<int:number>.pdf", downloads.part, name="badges_part"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/template/<slug:language>.<slug:form>", uploads.template, name="template"),
    path("uploads/<uuid:upload>/", upload.upload, name="upload"),
    path("uploads/<uuid:upload>/columns/", upload.columns, name="upload_columns"),
    path("uploads/<uuid:upload>/errors.xlsx", upload.errors, name="upload_errors"),
    path("uploads/<uuid:upload>/store/", upload.store, name="upload_store"),
    path("uploads/<uuid:upload>/cancel/", upload.cancel, name="upload_cancel"),
    path("uploads/<uuid:upload>/photos/", photos.photos, name="upload_photos"),
    path("uploads/<uuid:upload>/photos/<uuid:photo>.jpg", photos.photo, name="upload_photo"),
    path("uploads/<uuid:upload>/photos/<uuid:photo>/crop/", photos.crop, name="upload_crop"),
    path("uploads/<uuid:upload>/photos/<uuid:photo>/whose/", photos.whose, name="upload_whose"),
]
