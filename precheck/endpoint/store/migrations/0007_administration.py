import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from precheck.endpoint.tokyo import day_of


def enter_known_versions(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    """What came into force before this was written down: each version when it was added."""
    entry = apps.get_model("store", "PolicyEntry")
    version = apps.get_model("store", "PolicyVersion")
    for office in apps.get_model("store", "Office").objects.all():
        for known in version.objects.filter(policy_id=office.pk).order_by("id"):
            entry.objects.create(
                office=office,
                version=known,
                starts_on=day_of(known.added_at),
                entered_at=known.added_at,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("store", "0006_counselling"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("entered_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy_entries",
                        to="store.office",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.policyversion",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="policyentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("entered_at", None)),
                fields=("office",),
                name="one_policy_is_planned",
            ),
        ),
        migrations.CreateModel(
            name="StartingPassword",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("made_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="appointment",
            name="promised_days",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.RunPython(enter_known_versions, migrations.RunPython.noop),
    ]
