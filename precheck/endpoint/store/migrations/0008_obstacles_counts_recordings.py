import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Value
from django.db.models.functions import Concat


def from_concerns(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Of what was judged before, the first check is known, and no reason."""
    del editor
    judged = apps.get_model("store", "Appointment").objects.exclude(concern="")
    for readiness, verdict in (("not_ready", "fail"), ("attention", "unknown")):
        judged.filter(readiness=readiness).update(
            obstacles=Concat(Value(" "), F("concern"), Value(f"..{verdict} "))
        )


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0007_administration"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="obstacles",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="appointment",
            name="os_family",
            field=models.CharField(blank=True, default="", max_length=8),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="DailyCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("subject", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=32)),
                ("runs", models.PositiveIntegerField()),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.office",
                    ),
                ),
            ],
            options={
                "constraints": (
                    models.UniqueConstraint(
                        fields=("day", "office", "subject", "name"), name="counted_once"
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="SentRecording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recording",
                        to="store.reportrecord",
                    ),
                ),
            ],
        ),
        migrations.RunPython(from_concerns, migrations.RunPython.noop),
    ]
