"""Intake at scale: a spreadsheet and a folder of photos become many applications.

`reading` turns a file into rows and rows into answers, `photos` turns an archive into portraits;
both know nothing of uploads. What is wrong is a `Finding` of a row, or `Unusable` for the whole.
"""
