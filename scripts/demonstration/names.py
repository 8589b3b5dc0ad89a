"""Invented Vietnamese names. Pure: no list of real people stands behind them."""

import random
from collections.abc import Iterator

FAMILY = (
    ("Nguyễn", 30), ("Trần", 11), ("Lê", 9), ("Phạm", 9), ("Hoàng", 6), ("Vũ", 8), ("Đặng", 3),
    ("Bùi", 5), ("Đỗ", 5), ("Ngô", 3), ("Dương", 3), ("Đinh", 3), ("Đoàn", 2), ("Lưu", 2),
    ("Tô", 1), ("Khúc", 1), ("Chu", 1), ("Lương", 2), ("Phan", 2), ("Đào", 3),
)  # fmt: skip
WOMEN_MIDDLE = ("Thị", "Thị", "Thị Thu", "Thị Minh", "Thanh", "Ngọc", "Hồng", "Thùy", "Phương")
WOMEN = (
    "Anh", "Bích", "Chi", "Dung", "Diệp", "Giang", "Hà", "Hạnh", "Hằng", "Hiền", "Hoa", "Hòa",
    "Hương", "Huyền", "Lan", "Liên", "Linh", "Loan", "Mai", "My", "Nga", "Ngân", "Nhung", "Oanh",
    "Phượng", "Quỳnh", "Thảo", "Thủy", "Trang", "Tuyết", "Vân", "Yến", "Ánh", "Đào",
)  # fmt: skip
MEN_MIDDLE = ("Văn", "Văn", "Đức", "Quang", "Minh", "Hữu", "Công", "Xuân", "Ngọc", "Tiến", "Đình")
MEN = (
    "An", "Bình", "Chiến", "Cường", "Dũng", "Duy", "Đạt", "Đông", "Hải", "Hiếu", "Hoàng", "Hùng",
    "Huy", "Khánh", "Khoa", "Kiên", "Lâm", "Long", "Mạnh", "Nam", "Nghĩa", "Phong", "Phúc", "Quân",
    "Sơn", "Tâm", "Thành", "Thắng", "Thịnh", "Tiến", "Toàn", "Trung", "Tuấn", "Việt", "Vinh",
)  # fmt: skip


def invented_names(luck: random.Random) -> Iterator[str]:
    """Full names without end, no two equal."""
    families, weights = zip(*FAMILY, strict=True)
    given: set[str] = set()
    while True:
        family = luck.choices(families, weights)[0]
        if luck.random() < 0.52:
            name = f"{family} {luck.choice(WOMEN_MIDDLE)} {luck.choice(WOMEN)}"
        else:
            name = f"{family} {luck.choice(MEN_MIDDLE)} {luck.choice(MEN)}"
        if name not in given:
            given.add(name)
            yield name
