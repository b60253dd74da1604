"""A letter may go to somebody who has no account: its address is sealed in the row."""

from django.db import migrations, models
from django.db.models import Q

import privacy.fields


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="address",
            field=privacy.fields.EncryptedTextField(
                editable=False, null=True, verbose_name="sealed address"
            ),
        ),
        migrations.RemoveConstraint(model_name="letter", name="letter_has_somebody_to_go_to"),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=Q(recipient__isnull=False) | ~Q(to_address="") | Q(address__isnull=False),
                name="letter_has_somebody_to_go_to",
            ),
        ),
    ]
