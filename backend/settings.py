"""Settings. Every value that differs between machines comes from the environment (docs/deploy.md)."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pghistory
from csp.constants import NONE, SELF
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.env import BadSetting, env_bool, env_int, env_list, env_secret, env_str

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env_str("GIAOBAN_VAR", str(BASE_DIR / "var")))

DEBUG = env_bool("GIAOBAN_DEBUG", False)
SECRET_KEY = env_secret("GIAOBAN_SECRET_KEY")
#: Fernet keys, newest first, separated by commas; they seal what the database must not tell (backend.sealing).
FIELD_KEYS = env_secret("GIAOBAN_FIELD_KEYS").split(",")
ALLOWED_HOSTS = env_list("GIAOBAN_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("GIAOBAN_ORIGINS", [])
BEHIND_TLS = env_bool("GIAOBAN_TLS", False)

INSTALLED_APPS = [
    "backend.apps.GiaoBanAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "axes",
    "csp",
    "pgtrigger",
    "pghistory",
    "backend",
    "backend.accounts",
    "backend.org",
    "backend.audit",
    "backend.jobs",
    "backend.mail",
    "backend.webhooks",
    "attendance",
    "sales",
    "reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
    "backend.null_characters.NoNullCharacters",
    "backend.far_days.FarDays",
]

ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "backend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backend.pages.navigation.navigation",
            ],
        },
    },
]


def database(url: str) -> dict[str, object]:
    """Django's form of postgresql://user:password@host:port/name."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise BadSetting("DATABASE_URL", "must look like postgresql://user:password@host:5432/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": env_int("GIAOBAN_DB_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": env_str("GIAOBAN_PROCESS", "giaoban"),
            # A frozen client must not hold row locks for ever (docs/architecture.md). Sums of some
            # 100,000 rows are grouped in memory: with 4 MB they would be sorted on disk. Where
            # pgtrigger.ignore is not set, each row of a table with history costs the triggers an
            # error they catch, and PostgreSQL then goes through all foreign keys still to be checked.
            # Our answers take some 10 ms: to start workers or a compiler for them takes as long again.
            "options": (
                "-c idle_in_transaction_session_timeout=30000 -c work_mem=16MB"
                " -c pgtrigger.ignore={}"
                " -c parallel_setup_cost=50000 -c jit=off"
            ),
        },
    }


#: The program connects as a role that owns no table; migrations connect as the owner.
PROGRAM_DATABASE_URL = env_secret("DATABASE_URL")
OWNER_DATABASE_URL = env_secret("DATABASE_OWNER_URL", PROGRAM_DATABASE_URL)
DATABASES = {
    "default": database(
        OWNER_DATABASE_URL
        if env_str("GIAOBAN_DATABASE_ROLE", "program") == "owner"
        else PROGRAM_DATABASE_URL
    )
}
PROGRAM_DATABASE_ROLE = unquote(urlsplit(PROGRAM_DATABASE_URL).username or "")
#: The public site reads as a role of its own, where there is one.
PUBLIC_DATABASE_URL = env_secret("DATABASE_PUBLIC_URL", PROGRAM_DATABASE_URL)
PUBLIC_DATABASE_ROLE = unquote(urlsplit(PUBLIC_DATABASE_URL).username or "")
#: All that role may read: tables, and the columns where not all of them.
PUBLIC_TABLES: dict[str, tuple[str, ...]] = {
    "org_company": (),
    "org_region": (),
    "sales_agent": ("id", "status"),
    "sales_draw": (),
    "sales_drawpause": (),
    "sales_drawpublication": (),
    "sales_drawschedule": (),
    "sales_livenumber": (),
    "sales_newsitem": (),
    "sales_pointofsale": (),
    "sales_prizelevel": (),
    "sales_prizetable": (),
    "sales_product": (),
    "sales_salesrule": (),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_VERBOSE = False  # its lines name people
AXES_FAILURE_LIMIT = 8
AXES_LOCKOUT_PARAMETERS = "backend.accounts.guessing.counted_by"
#: Who was wrong about so many names from one address within the hour is refused whatever the name.
LOGIN_NAMES = env_int("GIAOBAN_LOGIN_NAMES", 20, least=AXES_FAILURE_LIMIT)
AXES_COOLOFF_TIME = 1  # hour
AXES_CLIENT_IP_CALLABLE = "backend.callers.caller"  # behind our proxy all have its address

#: What the database itself records of every tracked row: a deletion is a change too.
PGHISTORY_BASE_MODEL = "backend.audit.models.Event"
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
)

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "backend" / "locale"]
FORMAT_MODULE_PATH = ["backend.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
# What people attach lies in the database, so there is no storage of other files.
STORAGES = {"staticfiles": {"BACKEND": "backend.statics.StaticFiles"}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env_bool("GIAOBAN_TLS_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^iclock/"]  # terminals follow no redirection
    SECURE_HSTS_SECONDS = 31_536_000
    # Subdomains and the browsers' preload list are for the owner of the domain to decide.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backend.api.tokens.ApiTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backend.api.bodies.TextParser"],
    "EXCEPTION_HANDLER": "backend.api.errors.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": None,  # by `Accept` alone
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(hours=10),
    "TOKEN_PREFIX": "gb_",  # so that a scanner of secrets knows one when it sees it
    "TOKEN_LIMIT_PER_USER": 20,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Giao Ban API",
    "DESCRIPTION": "Sales, attendance and reports of a provincial lottery company.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "ENUM_NAME_OVERRIDES": {
        "BriefingStateEnum": "reporting.models.BriefingState",
        "TaskStateEnum": "reporting.models.TaskState",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backend.api.docs.describe_problems",
        "sales.api.examples.attach",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

EMAIL_HOST = env_str("GIAOBAN_SMTP_HOST", "localhost")
EMAIL_PORT = env_int("GIAOBAN_SMTP_PORT", 25, least=1)
EMAIL_HOST_USER = env_str("GIAOBAN_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env_secret("GIAOBAN_SMTP_PASSWORD") if EMAIL_HOST_USER else ""
EMAIL_USE_TLS = env_bool("GIAOBAN_SMTP_TLS", False)
EMAIL_TIMEOUT = env_int("GIAOBAN_SMTP_TIMEOUT", 20, least=1)
DEFAULT_FROM_EMAIL = env_str("GIAOBAN_MAIL_FROM", "giaoban@localhost")
#: The mailbox (IMAP over TLS) mails to the sender come back to; no host: none is read.
BOUNCE_IMAP_HOST = env_str("GIAOBAN_BOUNCE_IMAP_HOST", "")
BOUNCE_IMAP_PORT = env_int("GIAOBAN_BOUNCE_IMAP_PORT", 993, least=1)
BOUNCE_IMAP_USER = env_str("GIAOBAN_BOUNCE_IMAP_USER", "")
BOUNCE_IMAP_PASSWORD = env_secret("GIAOBAN_BOUNCE_IMAP_PASSWORD") if BOUNCE_IMAP_HOST else ""
BOUNCE_IMAP_FOLDER = env_str("GIAOBAN_BOUNCE_IMAP_FOLDER", "INBOX")
#: Domains outside addresses may have that get reports; accounts need no entry.
MAIL_ALLOWED_DOMAINS = [name.lower() for name in env_list("GIAOBAN_MAIL_DOMAINS", [])]
#: Hosts ("name" or "name:port") that may be told of events; none: no webhook is sent.
WEBHOOK_HOSTS = env_list("GIAOBAN_WEBHOOK_HOSTS", [])
#: Where links in mails point to.
PUBLIC_URL = env_str("GIAOBAN_PUBLIC_URL", "http://localhost:8000")

#: The port of the process that presentations are followed by (reporting/following), on the host of
#: the page; 0: a proxy leads /giao-ban/theo-doi/ to it.
FOLLOW_PORT = env_int("GIAOBAN_FOLLOW_PORT", 0)

#: Where the public site is found: its absolute links, and links to it.
PUBLIC_SITE_URL = env_str("GIAOBAN_PUBLIC_SITE_URL", "http://localhost:8001").rstrip("/")

#: Whether finger templates may be copied from one terminal to another at all.
TEMPLATE_COPY = env_bool("GIAOBAN_TEMPLATE_COPY", False)

#: Networks in which terminals may live; an address outside is refused (docs/deploy.md).
TERMINAL_NETWORKS = env_list(
    "GIAOBAN_TERMINAL_NETWORKS", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
)

#: The product's own proxies: whom they saw is believed (docs/deploy.md).
PROXY_NETWORKS = env_list("GIAOBAN_PROXY_NETWORKS", [])

#: A sheet has a field for each agent and product.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

#: A worker that shows no sign of life for so long loses its run or its mail to another one.
JOB_LEASE_SECONDS = env_int("GIAOBAN_JOB_LEASE", 30, least=2)
#: Which days the company works: a dotted name, see backend/workdays.py.
WORKING_CALENDAR = "attendance.roster.working_days.working_days"
#: What each day is (work, rest, holiday), and which evenings have a draw: see backend/jobs/planning.py.
DAY_KINDS = "attendance.timesheet.timesheets.day_types"
DRAW_CALENDAR = "sales.draws.calendar_keeping.draw_evenings"

#: The foot of forms that are controlled documents: see backend/controlled_forms.py.
CONTROLLED_FORM_FOOT = "reporting.control.in_force.foot_of_form"

#: Who is asked, just before a mail goes, whether its reader still has the right: see backend/mail/outbox.py.
MAIL_OBJECTIONS = ["backend.mail.outbox.account_ended", "reporting.delivery.objection"]

#: The start page's cards, in this order.
HOME_CARDS: list[str] = [
    "attendance.pages.card.card",
    "attendance.pages.exceptions_card.card",
    "attendance.pages.my_card.card",
    "attendance.pages.calendar_card.card",
    "sales.pages.card.card",
    "reporting.pages.card.card",
    "reporting.pages.obligation_card.card",
    "reporting.pages.briefing_card.briefing_card",
    "reporting.pages.briefing_card.returned_card",
    "reporting.pages.briefing_card.returned_tasks_card",
    "reporting.pages.briefing_card.tasks_card",
    "reporting.pages.documents_card.documents_card",
]
#: The menu by groups: (capability or None, URL name, label, key after "g").
NAVIGATION: list[tuple[str | Promise, list[tuple[str | None, str, str | Promise, str]]]] = [
    (
        "",
        [
            (None, "home", _("Hôm nay"), "h"),
            ("briefings.attend", "briefings", _("Họp giao ban"), "8"),
            ("briefings.attend", "tasks", _("Nhiệm vụ"), "9"),
            ("documents.view", "controlled_documents", _("Tài liệu kiểm soát"), "7"),
            ("attendance.own", "my_month", _("Công của tôi"), "o"),
            ("attendance.team", "requests", _("Đơn cần duyệt"), "r"),
        ],
    ),
    (
        _("Chấm công"),
        [
            ("attendance.view", "presence", _("Có mặt"), "c"),
            ("attendance.team", "team", _("Bộ phận"), "p"),
            ("attendance.view", "timesheets", _("Bảng công"), "t"),
            ("attendance.team", "exceptions", _("Ngoại lệ"), "e"),
            ("attendance.view", "roster", _("Phân ca"), "s"),
            ("attendance.view", "calendar", _("Lịch nghỉ lễ"), "y"),
            ("attendance.view", "leave", _("Nghỉ phép"), "l"),
            ("attendance.view", "overtime", _("Làm thêm"), "i"),
            ("attendance.team", "confirm_departments", _("Xác nhận công"), "x"),
            ("attendance.view", "closing", _("Chốt công"), "k"),
            ("attendance.view", "documents", _("Biểu mẫu, xuất tệp"), "w"),
        ],
    ),
    (
        _("Máy và mã"),
        [
            ("terminals.view", "terminals", _("Máy chấm công"), "m"),
            ("terminals.view", "unknown_users", _("Mã chưa biết"), "u"),
        ],
    ),
    (
        _("Kinh doanh và báo cáo"),
        [
            ("sales.view", "sales", _("Bán vé"), "v"),
            ("sales.view", "debts", _("Công nợ"), "g"),
            ("sales.view", "payments", _("Thu tiền"), "3"),
            ("sales.view", "draw_desk", _("Bàn ngày quay"), "1"),
            ("sales.view", "results", _("Kết quả quay"), "q"),
            ("sales.view", "claims", _("Trả thưởng"), "a"),
            ("sales.view", "allocation", _("Phân vé"), "f"),
            ("sales.view", "agent_health", _("Sức khỏe đại lý"), "z"),
            ("sales.view", "agents", _("Đại lý"), "j"),
            ("sales.view", "territories", _("Vùng bán hàng"), "4"),
            ("site.edit", "news", _("Tin công khai"), "2"),
            ("sales.view", "explorer", _("Khám phá số liệu"), "5"),
            ("reports.view", "editions", _("Báo cáo"), "b"),
        ],
    ),
    (
        _("Hệ thống"),
        [
            ("reference.manage", "admin:index", _("Danh mục"), "d"),
            ("audit.view", "audit", _("Nhật ký"), "n"),
        ],
    ),
]

#: What stands at the top right of forms 01a and 01b-LĐTL: Circular 99/2025 replaced 200/2014, so each company
#: writes its own line (working rules of the company, or the circular it follows).
TIMESHEET_FORM_NUMBER = env_str("GIAOBAN_TIMESHEET_FORM_NUMBER", "01a-LĐTL")
TIMESHEET_LEGAL_LINE = env_str(
    "GIAOBAN_TIMESHEET_LEGAL_LINE", "(Ban hành theo quy chế nội bộ của công ty)"
)
OVERTIME_FORM_NUMBER = env_str("GIAOBAN_OVERTIME_FORM_NUMBER", "01b-LĐTL")
OVERTIME_LEGAL_LINE = env_str("GIAOBAN_OVERTIME_LEGAL_LINE", TIMESHEET_LEGAL_LINE)

#: Codes of controlled documents: a pattern that the whole code must match ("[A-Z]{2}-[0-9]{2}"; empty is
#: free), and months until a document in force is reviewed again. docs/document-control.md.
DOCUMENT_CODE_PATTERN = env_str("GIAOBAN_DOCUMENT_CODE_PATTERN", "")
DOCUMENT_REVIEW_MONTHS = env_int("GIAOBAN_DOCUMENT_REVIEW_MONTHS", 12, least=1)

#: The company's own Word template of reports (a path; empty takes the one shipped). docs/reports.md.
REPORT_WORD_TEMPLATE = env_str("GIAOBAN_REPORT_WORD_TEMPLATE", "")

#: Days that the file of an export made in the background is kept for download.
EXPORT_KEEP_DAYS = env_int("GIAOBAN_EXPORT_KEEP_DAYS", 7, least=1)

#: Days that the bytes of a recorded import file are kept: a voucher of the books, ten years by Decree 174/2016/NĐ-CP.
IMPORT_KEEP_DAYS = env_int("GIAOBAN_IMPORT_KEEP_DAYS", 3_660, least=1)

#: What a due run does: short name -> dotted function, so that a rename never kills a schedule.
JOB_HANDLERS: dict[str, str] = {
    "report.weekly_briefing": "reporting.making.run_due",
    "briefings.keep": "reporting.briefings.planning.run_due",
    "documents.review": "reporting.control.reviewing.run_due",
    "sales.import": "sales.imports.committing.run_due",
    "sales.settle": "sales.money.settlement_run.run_due",
    "idempotency.expire": "backend.api.idempotency.run_due",
    "logins.expire": "backend.accounts.forgetting.run_due",
    "imports.expire": "sales.imports.retention.run_due",
    "draws.keep": "sales.draws.calendar_keeping.run_due",
    "attendance.exceptions": "attendance.telling.run_due",
    "obligations.remind": "reporting.obligations.reminding.run_due",
    "requests.remind": "attendance.requests.reminding.run_due",
    "attendance.export": "attendance.exports.exporting.run_due",
    "attendance.export_expiry": "attendance.exports.exporting.expire_due",
}
#: What every installation does on schedule: by code the name of it, what it does, and when (cron).
STANDING_SCHEDULES: dict[str, tuple[str | Promise, str, str]] = {
    "idempotency-expire": (
        _("Xóa câu trả lời cũ của các lần ghi có Idempotency-Key"), "idempotency.expire", "20 3 * * *",
    ),
    "logins-expire": (
        _("Xóa phiên đăng nhập đã hết hạn và nhật ký đăng nhập quá một năm"), "logins.expire", "40 3 * * *",
    ),
    "imports-expire": (_("Xóa nội dung tệp nhập đã hết hạn lưu"), "imports.expire", "0 4 * * *"),
    "requests-remind": (_("Nhắc người duyệt những đơn chờ lâu"), "requests.remind", "0 8 * * *"),
    "obligations-remind": (
        _("Nhắc nghĩa vụ báo cáo sắp đến hạn"), "obligations.remind", "15 7 * * *",
    ),
    "briefings-keep": (
        _("Chuẩn bị họp giao ban, nhắc họp và nhắc nhiệm vụ"), "briefings.keep", "*/15 6-19 * * *",
    ),
    "documents-review": (
        _("Nhắc soát xét tài liệu kiểm soát"), "documents.review", "30 7 * * *",
    ),
}  # fmt: skip

#: Who looks every few seconds whether something that was promised is overdue: dotted functions (at=).
WATCHES: list[str] = [
    "reporting.watchdog.watch",
    "reporting.briefings.returned.watch",
    "reporting.tasks.returned.watch",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_str("GIAOBAN_LOG_LEVEL", "INFO")},
}
