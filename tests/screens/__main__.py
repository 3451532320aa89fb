"""``python -m tests.screens``: draw the screens of the documentation again."""

from .pictures import FOLDER, pictures

FOLDER.mkdir(exist_ok=True)
for name, text in pictures():
    (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{FOLDER / name}")
