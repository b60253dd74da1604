"""Numbers that people read aloud and type: running, with check digits (ISO 7064, MOD 97-10)."""

from django.db import migrations

CREATE = """
CREATE FUNCTION elections_numbered(prefix text, sequence_name text)
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
    dependencies = [("elections", "0002_closing_moment")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION elections_numbered(text, text)")]
