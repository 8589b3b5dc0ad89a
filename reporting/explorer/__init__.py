"""The ad-hoc explorer (khám phá số liệu): rows × columns × a measure, seen, kept, exported, scheduled."""
