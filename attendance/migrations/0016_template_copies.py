import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0015_people_administrators"),
        ("org", "0002_record_deletions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TemplateCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("device_user_id", models.CharField(db_collation="C", max_length=32)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.biometricconsent",
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="templates_copied_to",
                        to="attendance.terminal",
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="template_copies",
                        to="org.employee",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="templates_copied_from",
                        to="attendance.terminal",
                    ),
                ),
            ],
            options={
                "verbose_name": "sao chép vân tay",
                "verbose_name_plural": "sao chép vân tay",
            },
        ),
        migrations.CreateModel(
            name="TemplateCopyResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("fingers", models.PositiveSmallIntegerField(default=0)),
                ("proved", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "copy",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="result",
                        to="attendance.templatecopy",
                    ),
                ),
            ],
            options={
                "verbose_name": "kết quả sao chép vân tay",
                "verbose_name_plural": "kết quả sao chép vân tay",
            },
        ),
        migrations.AddConstraint(
            model_name="templatecopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("destination")), _negated=True),
                name="template_copy_two_terminals",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatecopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="template_copy_says_why"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="templatecopy",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="589dd95cfdaaf6aa6b5fea3005196ebbd9ab2657",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a5456",
                    table="attendance_templatecopy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="templatecopyresult",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="543efd0d176a36370d576fac6e9676c35abb0dd5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6e526",
                    table="attendance_templatecopyresult",
                    when="BEFORE",
                ),
            ),
        ),
    ]
