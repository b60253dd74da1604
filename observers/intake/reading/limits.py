"""How much of a spreadsheet is read."""

MEGABYTE = 2**20

MOST_BYTES = 30 * MEGABYTE
MOST_ROWS = 50_000
MOST_COLUMNS = 200
# Headings, and titles above them, are looked for among the first rows with something in them.
ROWS_BEFORE_PEOPLE = 20
# What a workbook may unpack to: 50,000 rows of 20 columns are some 80 MB of XML.
MOST_UNPACKED = 400 * MEGABYTE
MOST_ENTRIES = 5_000
# Deflate packs nothing beyond a thousand to one, and no list of people beyond fifty to one.
SUSPICIOUS_RATIO = 400
SUSPICIOUS_SIZE = 10 * MEGABYTE

# Of the process that opens a workbook.
MEMORY = 1024 * MEGABYTE
SECONDS = 60
MOST_ANSWERED = 64 * MEGABYTE
MOST_SHEETS = 30
