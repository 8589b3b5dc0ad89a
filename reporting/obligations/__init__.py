"""The register of reports owed to authorities (sổ nghĩa vụ báo cáo)."""
