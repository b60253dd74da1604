"""What is said about a file that cannot be used, and about the cells of one that can."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FILE_WORDS: dict[str, str | Promise] = {
    "empty_file": _("The file is empty. Choose it again."),
    "file_too_large": _(
        "The spreadsheet is larger than %(limit)d MB. Delete pictures and sheets that are not "
        "needed, or divide the list into several files."
    ),
    "too_many_rows": _(
        "The sheet has more than %(limit)d rows. Divide the list into several files."
    ),
    "too_many_columns": _(
        "The sheet has more than %(limit)d columns. Delete those that are not needed, or copy "
        "only the list into a new workbook."
    ),
    "encrypted": _(
        "The file is protected by a password. Save it without a password and upload it again."
    ),
    "damaged": _(
        "The file is damaged or incomplete. Open it in your spreadsheet program, save it anew as "
        "XLSX and upload that."
    ),
    "swollen": _(
        "The file unpacks to far more than a list of people needs. Copy only the list into a new "
        "workbook, save it as XLSX and upload that."
    ),
    "spread_out": _(
        "The sheet reaches much further than its list: something stands far to the right or far "
        "below. Copy only the list into a new workbook and upload that."
    ),
    "too_slow": _(
        "The file took too long to read. Copy only the list into a new workbook, save it as XLSX "
        "and upload that."
    ),
    "nothing_in_it": _(
        "No sheet of the file has anything in it. Save the list in your spreadsheet program and "
        "upload it again."
    ),
    "archive": _(
        "This is an archive, not a spreadsheet. Take the spreadsheet out of it and upload that; "
        "photos have a field of their own."
    ),
    "web_page": _(
        "This is a web page under the name of a spreadsheet. Open it in your spreadsheet program, "
        "save it as XLSX and upload that."
    ),
    "save_anew": _(
        "This form of spreadsheet cannot be read here. Open it in your spreadsheet program, save "
        "it as XLSX and upload that."
    ),
    "pdf": _("This is a PDF. Upload the spreadsheet that it was made from."),
    "picture": _(
        "This is a picture. Upload the list as a spreadsheet; photos have a field of their own."
    ),
    "text_document": _(
        "This is a text document or a presentation. Copy the table into a spreadsheet, save it as "
        "XLSX and upload that."
    ),
    "unknown_kind": _(
        "This is not a spreadsheet that can be read. Save the list as XLSX or CSV and upload that."
    ),
    "unclosed_quote": _(
        "In row %(row)d a quotation mark is opened and never closed, so that the rows below run "
        "into it. Delete the mark, or save the list as XLSX."
    ),
    "abandoned": _(
        "The work on this upload broke off several times and was given up. Copy only the list "
        "into a new workbook and upload that. If it happens again, write to the commission."
    ),
}

ROW_WORDS: dict[str, str | Promise] = {
    "required": _("This cell must not be empty. Fill it in."),
    "excel_error": _("The formula in this cell gives an error. Put the value itself there."),
    "too_long": _("This is longer than %(limit)d characters. Shorten it."),
    "mixed_alphabets": _(
        "Latin and Cyrillic letters are mixed in one name. Write it in one alphabet, as it stands "
        "in the document."
    ),
    "letters_mended": _(
        "Letters of another alphabet that look the same were replaced. Check the spelling."
    ),
    "full_name_parts": _("Write both the surname and the given name, with a space between them."),
    "date_unreadable": _(
        "This cannot be read as a date. Write day, month and year, for example 07.02.1990."
    ),
    "date_no_such_day": _(
        "There is no such day in the calendar. Write day, month and year, for example 07.02.1990."
    ),
    "date_short_year": _("Write the year with four digits, for example 07.02.1990."),
    "date_month_first": _(
        "The dates of this column were read with the month first, because some of them cannot be "
        "read otherwise. Check them, or write the day first, for example 07.02.1990."
    ),
    "citizenship_missing": _("Write the citizenship of each observer, for example GE or Georgia."),
    "citizenship_unknown": _(
        "This country was not recognised. Write its full name, or its code of two letters, for "
        "example AZ."
    ),
    "document_unknown": _(
        "This document was not recognised. Write “identity card”, “passport” or “document that "
        "replaces the identity card”."
    ),
    "number_shortened": _(
        "The spreadsheet has cut this number. Format the column as text and type the number again."
    ),
    "zeros_restored": _(
        "Zeros that the spreadsheet had dropped were put back at the beginning. Check the number "
        "against the document."
    ),
    "email_invalid": _("Write the whole address, for example name@example.org."),
    "place_missing": _(
        "Write where the person observes: the number of a constituency, or “the whole country”."
    ),
    "place_contradicts": _(
        "This says where the person observes, and another cell of the row names a constituency. "
        "Keep one of the two."
    ),
    "scope_unknown": _(
        "This place of observation was not recognised. Write the number of a constituency in its "
        "own column, or “the whole country” here."
    ),
    "scope_closed": _(
        "Registration for “%(scope)s” is not open to your organisation now. Choose a place for "
        "which it is open."
    ),
    "constituency_missing": _("Write the number of the constituency."),
    "constituency_unknown": _(
        "There is no such constituency. Write its number, from %(first)d to %(last)d."
    ),
    "constituency_contradicts": _(
        "The number and the name belong to different constituencies. Keep the right one."
    ),
}

# Of rows, held against the others and against what is stored.
COMPARED_WORDS: dict[str, str | Promise] = {
    "number_twice": _(
        "The same document number stands in an earlier row, given here in brackets, with other "
        "particulars. Correct the number, or delete one of the two rows."
    ),
    "row_twice": _("The same row stands further up (its number in brackets). It is taken once."),
    "live_elsewhere": _(
        "A person with this document number already has an application in this election. The "
        "draft is stored, but the commission accepts one application per person: check the "
        "number, and ask the observer."
    ),
    "look_alike": _(
        "A very similar name with the same date of birth stands in another row or application "
        "of yours, under another document number. If it is one person, keep one of them."
    ),
    "already_sent": _(
        "This application has been sent and cannot be changed here. What the file says "
        "differently was left aside."
    ),
    "place_fixed": _(
        "The application was returned by a commission, and the one that decides cannot be "
        "changed now. Leave the place of observation as it was."
    ),
    "place_closed": _("Registration has closed in this constituency."),
}

# Of photos and the people they may belong to.
MATCHED_WORDS: dict[str, str | Promise] = {
    "photo_missing": _(
        "No photo was found for these people. Add it under the document number, the row number "
        "or the name, or later at each person."
    ),
    "photo_without_row": _(
        "These photos belong to nobody in the file. Name them after the document number, the "
        "row number or the person, or choose the person on the page of photos."
    ),
    "photo_doubled": _("A second photo of the same person was left aside."),
}
