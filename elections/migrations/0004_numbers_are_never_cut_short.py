"""Beyond 9,999,999 a number has more digits: `lpad` would have cut it, and made it another's."""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION elections_numbered(prefix text, sequence_name text)
RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    running bigint := nextval(sequence_name::regclass);
BEGIN
    RETURN prefix || '-' || lpad(running::text, greatest(7, length(running::text)), '0')
        || '-' || lpad((98 - (running * 100) % 97)::text, 2, '0');
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("elections", "0003_numbers_with_check_digits")]

    operations = [migrations.RunSQL(CREATE, migrations.RunSQL.noop)]
