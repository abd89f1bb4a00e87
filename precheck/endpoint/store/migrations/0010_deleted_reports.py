from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0009_days_of_every_office"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="deleted_reports",
            field=models.JSONField(null=True),
        ),
    ]
