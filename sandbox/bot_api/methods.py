"""Which function does what each method asks."""

from collections.abc import Awaitable, Callable

from sandbox.bot_api import methods_bot, methods_change, methods_send, methods_topics
from sandbox.bot_api.reading import Request
from sandbox.bot_api.shapes import Result
from sandbox.bot_api.state import BotApi

WAITING: dict[str, Callable[[BotApi, Request], Awaitable[Result]]] = {
    "getUpdates": methods_bot.get_updates,
    "setWebhook": methods_bot.set_webhook,
    "deleteWebhook": methods_bot.delete_webhook,
}
"""The methods that may take their time."""

DOERS: dict[str, Callable[[BotApi, Request], Result]] = {
    "getMe": methods_bot.get_me,
    "getWebhookInfo": methods_bot.webhook_info,
    "sendMessage": methods_send.send_message,
    "sendPhoto": methods_send.send_photo,
    "sendDocument": methods_send.send_document,
    "sendVoice": methods_send.send_voice,
    "sendVideo": methods_send.send_video,
    "sendLocation": methods_send.send_location,
    "sendVenue": methods_send.send_venue,
    "sendMediaGroup": methods_send.send_media_group,
    "sendChatAction": methods_send.send_chat_action,
    "copyMessage": methods_send.copy_message,
    "copyMessages": methods_send.copy_messages,
    "forwardMessage": methods_send.forward_message,
    "editMessageText": methods_change.edit_text,
    "editMessageCaption": methods_change.edit_caption,
    "editMessageReplyMarkup": methods_change.edit_markup,
    "deleteMessage": methods_change.delete_message,
    "deleteMessages": methods_change.delete_messages,
    "pinChatMessage": methods_change.pin,
    "unpinChatMessage": methods_change.unpin,
    "setMessageReaction": methods_change.react,
    "answerCallbackQuery": methods_change.answer_tap,
    "createForumTopic": methods_topics.create,
    "editForumTopic": methods_topics.edit,
    "closeForumTopic": methods_topics.close,
    "reopenForumTopic": methods_topics.reopen,
    "deleteForumTopic": methods_topics.delete,
    "unpinAllForumTopicMessages": methods_topics.unpin_all,
    "getForumTopicIconStickers": methods_topics.icons,
    "getChat": methods_bot.get_chat,
    "getChatMember": methods_bot.get_member,
    "getChatAdministrators": methods_bot.get_administrators,
    "leaveChat": methods_bot.leave,
    "getFile": methods_bot.get_file,
    "setMyCommands": methods_bot.set_commands,
    "getMyCommands": methods_bot.get_commands,
    "setMyName": methods_bot.set_text,
    "setMyDescription": methods_bot.set_text,
    "setMyShortDescription": methods_bot.set_text,
    "setChatMenuButton": methods_bot.set_menu_button,
}
"""The others, done at once."""
