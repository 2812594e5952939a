"""The types of Bot API 10.0 that the emulator takes or builds, in the notation of `description`.

A type lists the fields that are used here; the Bot API may know more. What is sent to us may hold no other field, and
neither may an update that we build: tests compare both with the whole description.
"""

from sandbox.bot_api.description import Field, read_fields

_SENT = """
InlineKeyboardMarkup inline_keyboard!:[[InlineKeyboardButton]]
InlineKeyboardButton text!:String url:String callback_data:String
ForceReply force_reply!:Boolean input_field_placeholder:String selective:Boolean
ReplyParameters message_id!:Integer chat_id:Integer|String allow_sending_without_reply:Boolean
LinkPreviewOptions is_disabled:Boolean
InputMediaPhoto type!:'photo' media!:String caption:String parse_mode:String
InputMediaDocument type!:'document' media!:String caption:String parse_mode:String
  disable_content_type_detection:Boolean
InputMediaVideo type!:'video' media!:String caption:String parse_mode:String width:Integer height:Integer
  duration:Integer supports_streaming:Boolean
ReactionTypeEmoji type!:'emoji' emoji!:String
BotCommand command!:String description!:String
BotCommandScopeDefault type!:'default'
BotCommandScopeAllPrivateChats type!:'all_private_chats'
BotCommandScopeAllGroupChats type!:'all_group_chats'
BotCommandScopeAllChatAdministrators type!:'all_chat_administrators'
BotCommandScopeChat type!:'chat' chat_id!:Integer|String
BotCommandScopeChatAdministrators type!:'chat_administrators' chat_id!:Integer|String
BotCommandScopeChatMember type!:'chat_member' chat_id!:Integer|String user_id!:Integer
MenuButtonCommands type!:'commands'
MenuButtonDefault type!:'default'
"""

_BUILT = """
Update update_id!:Integer message:Message edited_message:Message callback_query:CallbackQuery
  my_chat_member:ChatMemberUpdated chat_member:ChatMemberUpdated message_reaction:MessageReactionUpdated
Message message_id!:Integer message_thread_id:Integer from:User sender_chat:Chat date!:Integer chat!:Chat
  forward_origin:MessageOrigin is_topic_message:Boolean reply_to_message:Message edit_date:Integer
  has_protected_content:Boolean media_group_id:String author_signature:String
  text:String entities:[MessageEntity] link_preview_options:LinkPreviewOptions caption:String
  caption_entities:[MessageEntity] photo:[PhotoSize] document:Document voice:Voice video:Video video_note:VideoNote
  audio:Audio animation:Animation sticker:Sticker location:Location venue:Venue contact:Contact poll:Poll dice:Dice
  new_chat_members:[User] left_chat_member:User new_chat_title:String group_chat_created:Boolean
  migrate_to_chat_id:Integer migrate_from_chat_id:Integer pinned_message:MaybeInaccessibleMessage
  forum_topic_created:ForumTopicCreated forum_topic_edited:ForumTopicEdited forum_topic_closed:ForumTopicClosed
  forum_topic_reopened:ForumTopicReopened reply_markup:InlineKeyboardMarkup
InaccessibleMessage chat!:Chat message_id!:Integer date!:Integer
User id!:Integer is_bot!:Boolean first_name!:String last_name:String username:String language_code:String
  can_join_groups:Boolean can_read_all_group_messages:Boolean supports_inline_queries:Boolean
  can_connect_to_business:Boolean has_main_web_app:Boolean has_topics_enabled:Boolean
  supports_guest_queries:Boolean allows_users_to_create_topics:Boolean can_manage_bots:Boolean
Chat id!:Integer type!:String title:String username:String first_name:String last_name:String is_forum:Boolean
MessageEntity type!:String offset!:Integer length!:Integer url:String user:User language:String custom_emoji_id:String
MessageOriginUser type!:'user' date!:Integer sender_user!:User
MessageOriginHiddenUser type!:'hidden_user' date!:Integer sender_user_name!:String
MessageOriginChat type!:'chat' date!:Integer sender_chat!:Chat
PhotoSize file_id!:String file_unique_id!:String width!:Integer height!:Integer file_size:Integer
Document file_id!:String file_unique_id!:String file_name:String mime_type:String file_size:Integer
Voice file_id!:String file_unique_id!:String duration!:Integer mime_type:String file_size:Integer
Audio file_id!:String file_unique_id!:String duration!:Integer file_name:String mime_type:String file_size:Integer
  title:String performer:String
Animation file_id!:String file_unique_id!:String width!:Integer height!:Integer duration!:Integer file_name:String
  mime_type:String file_size:Integer
Video file_id!:String file_unique_id!:String width!:Integer height!:Integer duration!:Integer file_name:String
  mime_type:String file_size:Integer
VideoNote file_id!:String file_unique_id!:String length!:Integer duration!:Integer file_size:Integer
Sticker file_id!:String file_unique_id!:String type!:String width!:Integer height!:Integer is_animated!:Boolean
  is_video!:Boolean emoji:String set_name:String custom_emoji_id:String file_size:Integer
Location latitude!:Float longitude!:Float horizontal_accuracy:Float live_period:Integer heading:Integer
Venue location!:Location title!:String address!:String
Contact phone_number!:String first_name!:String last_name:String user_id:Integer
Poll id!:String question!:String options!:[PollOption] total_voter_count!:Integer is_closed!:Boolean
  is_anonymous!:Boolean type!:String allows_multiple_answers!:Boolean allows_revoting!:Boolean members_only!:Boolean
PollOption persistent_id!:String text!:String voter_count!:Integer
Dice emoji!:String value!:Integer
ForumTopicCreated name!:String icon_color!:Integer icon_custom_emoji_id:String
ForumTopicEdited name:String icon_custom_emoji_id:String
ForumTopicClosed
ForumTopicReopened
CallbackQuery id!:String from!:User message:MaybeInaccessibleMessage chat_instance!:String data:String
ChatMemberUpdated chat!:Chat from!:User date!:Integer old_chat_member!:ChatMember new_chat_member!:ChatMember
ChatMemberOwner status!:'creator' user!:User is_anonymous!:Boolean
ChatMemberAdministrator status!:'administrator' user!:User can_be_edited!:Boolean is_anonymous!:Boolean
  can_manage_chat!:Boolean can_delete_messages!:Boolean can_manage_video_chats!:Boolean can_restrict_members!:Boolean
  can_promote_members!:Boolean can_change_info!:Boolean can_invite_users!:Boolean can_post_stories!:Boolean
  can_edit_stories!:Boolean can_delete_stories!:Boolean can_pin_messages:Boolean can_manage_topics:Boolean
ChatMemberMember status!:'member' user!:User
ChatMemberLeft status!:'left' user!:User
ChatMemberBanned status!:'kicked' user!:User until_date!:Integer
MessageReactionUpdated chat!:Chat message_id!:Integer user:User actor_chat:Chat date!:Integer
  old_reaction!:[ReactionType] new_reaction!:[ReactionType]
"""

UNIONS: dict[str, tuple[str, ...]] = {
    "ReactionType": ("ReactionTypeEmoji", "ReactionTypeCustomEmoji", "ReactionTypePaid"),
    "MenuButton": ("MenuButtonCommands", "MenuButtonDefault", "MenuButtonWebApp"),
    "MaybeInaccessibleMessage": ("Message", "InaccessibleMessage"),
    "MessageOrigin": ("MessageOriginUser", "MessageOriginHiddenUser", "MessageOriginChat", "MessageOriginChannel"),
    "ChatMember": (
        "ChatMemberOwner", "ChatMemberAdministrator", "ChatMemberMember",
        "ChatMemberRestricted", "ChatMemberLeft", "ChatMemberBanned",
    ),
    "BotCommandScope": (
        "BotCommandScopeDefault", "BotCommandScopeAllPrivateChats", "BotCommandScopeAllGroupChats",
        "BotCommandScopeAllChatAdministrators", "BotCommandScopeChat", "BotCommandScopeChatAdministrators",
        "BotCommandScopeChatMember",
    ),
}  # fmt: skip
"""Types that are one of several; of those, a member missing in `TYPES` is known and not emulated."""


def _read_types(text: str) -> dict[str, dict[str, Field]]:
    types = {}
    for line in text.replace("\n  ", " ").strip().splitlines():
        name, _, fields = line.partition(" ")
        types[name] = read_fields(fields)
    return types


TYPES = _read_types(_SENT + _BUILT.lstrip())
"""The fields of each type, by name."""
