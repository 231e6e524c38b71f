"""The digest over a type's records is kept until they are mapped anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0005_held_changes")]

    operations = [
        migrations.AddField(
            model_name="mappingstate",
            name="content_records",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="mappingstate",
            name="content_sha256",
            field=models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False,
        ),
    ]
