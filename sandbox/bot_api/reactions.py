"""The reactions that a bot may set: a fixed list of 73, to which neither ✅ nor ⏳ belongs."""

_LIST = """
👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡
🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈
😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿
🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
_VARIANT = "\ufe0f"
ALLOWED = frozenset(_LIST.replace(_VARIANT, "").split())
"""Those emoji, without the mark that only says how they are drawn."""


def is_allowed(emoji: str) -> bool:
    """Tell whether a bot may react with this."""
    return emoji.replace(_VARIANT, "") in ALLOWED
