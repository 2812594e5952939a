"""What the emulator takes: the methods of Bot API 10.0 that the product uses, in a compact notation.

One method a line: `name parameter:Type … -> Result`. `!` marks what is required, `|` what may be either, `[…]` a list,
`'…'` a fixed word. After `~` stand parameters that the Bot API knows and the emulator does not: using one is answered
501, loudly.
"""

from dataclasses import dataclass

_MARKUP = "reply_markup:InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply"
_SHARED = {
    "<to>": "chat_id!:Integer|String message_thread_id:Integer",
    "<from>": "from_chat_id!:Integer|String",
    "<caption>": "caption:String parse_mode:String",
    "<quiet>": "disable_notification:Boolean protect_content:Boolean",
    "<sending>": f"disable_notification:Boolean protect_content:Boolean reply_parameters:ReplyParameters {_MARKUP}",
    "<paid>": "direct_messages_topic_id allow_paid_broadcast message_effect_id suggested_post_parameters",
    "<edited>": "chat_id:Integer|String message_id:Integer",
    "<topic>": "chat_id!:Integer|String message_thread_id!:Integer",
    "<media>": "[InputMediaDocument]|[InputMediaPhoto]|[InputMediaVideo]|[InputMediaAudio]|[InputMediaLivePhoto]",
}

_METHODS = """
getMe -> User
getUpdates offset:Integer limit:Integer timeout:Integer allowed_updates:[String] -> [Update]
setWebhook url!:String max_connections:Integer allowed_updates:[String] drop_pending_updates:Boolean secret_token:String
  ~ certificate ip_address -> Boolean
deleteWebhook drop_pending_updates:Boolean -> Boolean
getWebhookInfo -> WebhookInfo

sendMessage <to> text!:String parse_mode:String link_preview_options:LinkPreviewOptions <sending>
  ~ business_connection_id entities <paid> -> Message
sendPhoto <to> photo!:InputFile|String <caption> <sending>
  ~ business_connection_id caption_entities show_caption_above_media has_spoiler <paid> -> Message
sendDocument <to> document!:InputFile|String <caption> disable_content_type_detection:Boolean <sending>
  ~ business_connection_id thumbnail caption_entities <paid> -> Message
sendVoice <to> voice!:InputFile|String <caption> duration:Integer <sending>
  ~ business_connection_id caption_entities <paid> -> Message
sendVideo <to> video!:InputFile|String duration:Integer width:Integer height:Integer <caption>
  supports_streaming:Boolean <sending>
  ~ business_connection_id thumbnail cover start_timestamp caption_entities show_caption_above_media has_spoiler <paid>
  -> Message
sendLocation <to> latitude!:Float longitude!:Float horizontal_accuracy:Float <sending>
  ~ business_connection_id live_period heading proximity_alert_radius <paid> -> Message
sendVenue <to> latitude!:Float longitude!:Float title!:String address!:String <sending>
  ~ business_connection_id foursquare_id foursquare_type google_place_id google_place_type <paid> -> Message
sendMediaGroup <to> media!:<media> disable_notification:Boolean protect_content:Boolean reply_parameters:ReplyParameters
  ~ business_connection_id direct_messages_topic_id allow_paid_broadcast message_effect_id -> [Message]
sendChatAction <to> action!:String ~ business_connection_id -> Boolean

copyMessage <to> <from> message_id!:Integer <caption> <sending>
  ~ video_start_timestamp caption_entities show_caption_above_media <paid> -> MessageId
copyMessages <to> <from> message_ids!:[Integer] <quiet> remove_caption:Boolean ~ direct_messages_topic_id -> [MessageId]
forwardMessage <to> <from> message_id!:Integer <quiet>
  ~ video_start_timestamp direct_messages_topic_id message_effect_id suggested_post_parameters -> Message

editMessageText <edited> text!:String parse_mode:String link_preview_options:LinkPreviewOptions
  reply_markup:InlineKeyboardMarkup ~ business_connection_id inline_message_id entities -> Message|Boolean
editMessageCaption <edited> <caption> reply_markup:InlineKeyboardMarkup
  ~ business_connection_id inline_message_id caption_entities show_caption_above_media -> Message|Boolean
editMessageReplyMarkup <edited> reply_markup:InlineKeyboardMarkup
  ~ business_connection_id inline_message_id -> Message|Boolean
deleteMessage chat_id!:Integer|String message_id!:Integer -> Boolean
deleteMessages chat_id!:Integer|String message_ids!:[Integer] -> Boolean
pinChatMessage chat_id!:Integer|String message_id!:Integer disable_notification:Boolean
  ~ business_connection_id -> Boolean
unpinChatMessage chat_id!:Integer|String message_id:Integer ~ business_connection_id -> Boolean
setMessageReaction chat_id!:Integer|String message_id!:Integer reaction:[ReactionType] is_big:Boolean -> Boolean
answerCallbackQuery callback_query_id!:String text:String show_alert:Boolean url:String cache_time:Integer -> Boolean

createForumTopic chat_id!:Integer|String name!:String icon_color:Integer icon_custom_emoji_id:String -> ForumTopic
editForumTopic <topic> name:String icon_custom_emoji_id:String -> Boolean
closeForumTopic <topic> -> Boolean
reopenForumTopic <topic> -> Boolean
deleteForumTopic <topic> -> Boolean
unpinAllForumTopicMessages <topic> -> Boolean
getForumTopicIconStickers -> [Sticker]

getChat chat_id!:Integer|String -> ChatFullInfo
getChatMember chat_id!:Integer|String user_id!:Integer -> ChatMember
getChatAdministrators chat_id!:Integer|String return_bots:Boolean -> [ChatMember]
leaveChat chat_id!:Integer|String -> Boolean
getFile file_id!:String -> File

setMyCommands commands!:[BotCommand] scope:BotCommandScope language_code:String -> Boolean
getMyCommands scope:BotCommandScope language_code:String -> [BotCommand]
setMyName name:String language_code:String -> Boolean
setMyDescription description:String language_code:String -> Boolean
setMyShortDescription short_description:String language_code:String -> Boolean
setChatMenuButton chat_id:Integer menu_button:MenuButton -> Boolean
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one field of a type: the types it may have, and whether it must be there."""

    name: str
    types: tuple[str, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its parameters by name, those the emulator leaves out, and what it gives back."""

    name: str
    parameters: dict[str, Field]
    left_out: frozenset[str]
    returns: tuple[str, ...]


def read_fields(words: str) -> dict[str, Field]:
    """Read `name!:Type|Type …` into fields by name."""
    fields = {}
    for word in words.split():
        name, _, types = word.partition(":")
        fields[name.rstrip("!")] = Field(name.rstrip("!"), tuple(types.split("|")), name.endswith("!"))
    return fields


def _read_methods(text: str) -> dict[str, Method]:
    for short, long in _SHARED.items():
        text = text.replace(short, long)
    methods = {}
    for line in text.replace("\n  ", " ").strip().splitlines():
        if not line:
            continue
        head, _, returns = line.rpartition(" -> ")
        taken, _, left_out = head.partition(" ~ ")
        name, _, fields = taken.partition(" ")
        methods[name] = Method(name, read_fields(fields), frozenset(left_out.split()), tuple(returns.split("|")))
    return methods


METHODS = _read_methods(_METHODS)
"""The 44 methods by name."""
