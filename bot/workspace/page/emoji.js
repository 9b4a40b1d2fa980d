// Slack's common emoji by their names; a name that is not here stays text, and skin tones are left out.

const NAMED = `
  +1=👍 thumbsup=👍 -1=👎 thumbsdown=👎 wave=👋 clap=👏 raised_hands=🙌 pray=🙏 muscle=💪 ok_hand=👌 point_right=👉
  point_down=👇 handshake=🤝 crossed_fingers=🤞 writing_hand=✍️ eyes=👀 brain=🧠 smile=😄 grinning=😀 joy=😂 rofl=🤣 blush=😊
  slightly_smiling_face=🙂 wink=😉 heart_eyes=😍 kissing_heart=😘 sunglasses=😎 thinking_face=🤔 neutral_face=😐 confused=😕
  worried=😟 cry=😢 sob=😭 disappointed=😞 rage=😡 scream=😱 sweat_smile=😅 relieved=😌 sleeping=😴 hugging_face=🤗 shrug=🤷
  facepalm=🤦 face_with_rolling_eyes=🙄 partying_face=🥳 exploding_head=🤯 saluting_face=🫡 robot_face=🤖 heart=❤️ tada=🎉
  gift=🎁 trophy=🏆 medal=🏅 star=⭐ sparkles=✨ fire=🔥 rocket=🚀 boom=💥 zap=⚡ rainbow=🌈 sunny=☀️ gem=💎 100=💯
  white_check_mark=✅ heavy_check_mark=✔️ ballot_box_with_check=☑️ x=❌ no_entry=⛔ warning=⚠️ rotating_light=🚨
  exclamation=❗ question=❓ information_source=ℹ️ bulb=💡 mag=🔍 key=🔑 lock=🔒 unlock=🔓 shield=🛡️ bell=🔔 mega=📣
  speech_balloon=💬 calendar=📅 date=📅 alarm_clock=⏰ hourglass=⌛ hourglass_flowing_sand=⏳ stopwatch=⏱️ memo=📝
  pencil2=✏️ pushpin=📌 link=🔗 file_folder=📁 page_facing_up=📄 books=📚 newspaper=📰 bar_chart=📊
  chart_with_upwards_trend=📈 chart_with_downwards_trend=📉 moneybag=💰 briefcase=💼 email=📧 envelope=✉️ package=📦
  telephone_receiver=📞 computer=💻 gear=⚙️ wrench=🔧 hammer_and_wrench=🛠️ microscope=🔬 wastebasket=🗑️ scales=⚖️
  construction=🚧 office=🏢 house=🏠 airplane=✈️ globe_with_meridians=🌐 compass=🧭 coffee=☕ pizza=🍕 cake=🍰 seedling=🌱
  four_leaf_clover=🍀 bug=🐛 see_no_evil=🙈 one=1️⃣ two=2️⃣ three=3️⃣ four=4️⃣ five=5️⃣ six=6️⃣ seven=7️⃣ eight=8️⃣
  nine=9️⃣ zero=0️⃣ arrow_right=➡️ arrow_left=⬅️ arrow_up=⬆️ arrow_down=⬇️ arrows_counterclockwise=🔄 repeat=🔁 new=🆕
  red_circle=🔴 large_orange_circle=🟠 large_yellow_circle=🟡 large_green_circle=🟢 large_blue_circle=🔵
  large_purple_circle=🟣 white_circle=⚪ black_circle=⚫ checkered_flag=🏁 busts_in_silhouette=👥 bust_in_silhouette=👤
  dart=🎯 jigsaw=🧩`;
export const EMOJI = new Map(NAMED.trim().split(/\s+/).map((pair) => pair.split("=")));

export function emojis(text) {
  return text.replace(/:([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?/g, (whole, name) => EMOJI.get(name) ?? whole);
}
