/**
 * @table Every word that the web app shows, in each of its languages. A key without both languages does not compile;
 * `{name}` in a text is replaced by a value. Emotions are said to appear, never to be felt.
 */
import { TRAIN_STRINGS } from "./train/strings.ts";

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

type Texts = Readonly<Record<string, Readonly<Record<Language, string>>>>;

export const STRINGS = {
  ...TRAIN_STRINGS,
  "app.tagline": { en: "Emotion as it appears", zh: "看得见的情绪" },
  "app.skip": { en: "Skip to content", zh: "跳到正文" },
  "app.menu": { en: "Pages", zh: "页面" },
  "app.loading": { en: "Loading…", zh: "加载中…" },
  "app.documentation": { en: "Documentation of the service", zh: "服务文档" },
  "app.limits": {
    en: "affekt describes how an expression appears to a model. It does not know what a person feels, and it can be wrong.",
    zh: "affekt 描述的是表情在模型看来像什么；它并不知道人的内心感受，也可能出错。",
  },

  "nav.start": { en: "Start", zh: "首页" },
  "nav.live": { en: "Live", zh: "实时" },
  "nav.text": { en: "Text", zh: "文字" },
  "nav.files": { en: "Files", zh: "文件" },
  "nav.history": { en: "History", zh: "记录" },

  "settings.language": { en: "中文", zh: "English" },
  "settings.languageHint": { en: "切换到中文", zh: "Switch to English" },
  "settings.dark": { en: "Use the dark theme", zh: "使用深色主题" },
  "settings.light": { en: "Use the light theme", zh: "使用浅色主题" },
  "settings.engine": { en: "Where to analyze", zh: "在哪里分析" },
  "settings.device": { en: "This device", zh: "本设备" },
  "settings.server": { en: "Server", zh: "服务器" },
  "settings.deviceHint": {
    en: "Nothing you show, say or type leaves this device.",
    zh: "您的画面、声音和文字都不会离开本设备。",
  },
  "settings.serverHint": {
    en: "What you show, say or type is sent to the server that this page came from, and dropped there after use.",
    zh: "您的画面、声音和文字会发送到本页面所在的服务器，用后即弃。",
  },

  "start.title": { en: "What does an expression appear to say?", zh: "这个表情，看起来在说什么？" },
  "start.lead": {
    en: "affekt reads text, faces and voices, alone or together, and says which emotion they appear to express, how sure it is, and why it would rather not say.",
    zh: "affekt 读取文字、面部和声音，可单独也可一起，并说明它们看起来表达了哪种情绪、有多大把握，或为何不下结论。",
  },
  "start.live": { en: "Camera and microphone", zh: "摄像头和麦克风" },
  "start.liveText": {
    en: "Watch face, voice and words come together as you speak.",
    zh: "边说边看：面部、声音和文字如何合在一起。",
  },
  "start.text": { en: "A sentence", zh: "一句话" },
  "start.textText": {
    en: "Type in English or Chinese; the answer follows as you write.",
    zh: "用中文或英文输入，边写边得到答案。",
  },
  "start.files": { en: "Pictures, recordings, films", zh: "图片、录音和视频" },
  "start.filesText": {
    en: "Drop one file or many, and take the results with you.",
    zh: "拖入一个或多个文件，并导出结果。",
  },
  "start.private": { en: "On this device by default", zh: "默认在本设备上运行" },
  "start.privateText": {
    en: "The models come to you, not your face to them. After the first visit it works without a network.",
    zh: "是模型来到您这里，而不是您的面孔送到模型那里。首次访问之后，无需网络也能使用。",
  },
  "start.honest": { en: "Honest about doubt", zh: "坦诚面对不确定" },
  "start.honestText": {
    en: "Scores are calibrated. Where the evidence is thin, affekt names no emotion and says why.",
    zh: "分数经过校准。证据不足时，affekt 不给出结论，并说明原因。",
  },
  "start.consent": { en: "Never unnoticed", zh: "绝不暗中进行" },
  "start.consentText": {
    en: "Nothing starts before everybody agrees, a notice stays in sight, and one click ends it.",
    zh: "未经所有人同意不会开始；提示始终可见；一键即可停止。",
  },

  "emotion.anger": { en: "anger", zh: "愤怒" },
  "emotion.disgust": { en: "disgust", zh: "厌恶" },
  "emotion.fear": { en: "fear", zh: "恐惧" },
  "emotion.joy": { en: "joy", zh: "喜悦" },
  "emotion.neutral": { en: "neutral", zh: "中性" },
  "emotion.sadness": { en: "sadness", zh: "悲伤" },
  "emotion.surprise": { en: "surprise", zh: "惊讶" },

  "modality.text": { en: "words", zh: "文字" },
  "modality.face": { en: "face", zh: "面部" },
  "modality.speech": { en: "voice", zh: "声音" },

  "result.title": { en: "Result", zh: "结果" },
  "result.appears": { en: "Appears to express", zh: "看起来表达了" },
  "result.uncertain": { en: "Uncertain", zh: "不确定" },
  "result.uncertainText": {
    en: "No emotion stands out. The closest is {label}.",
    zh: "没有哪种情绪明显突出，最接近的是{label}。",
  },
  "result.confidence": { en: "{percent} confidence", zh: "把握 {percent}" },
  "result.scores": { en: "Scores", zh: "各项分数" },
  "result.weights": { en: "What it rests on", zh: "依据" },
  "result.weight": { en: "{modality}: {percent} of the answer", zh: "{modality}：占答案的 {percent}" },
  "result.absent": { en: "not used", zh: "未使用" },
  "result.quality": { en: "signal {percent}", zh: "信号 {percent}" },
  "result.none": { en: "Nothing yet.", zh: "暂无结果。" },

  "text.title": { en: "Text", zh: "文字" },
  "text.lead": { en: "Write something. English and Chinese are understood.", zh: "写点什么吧，中文和英文都可以。" },
  "text.label": { en: "Your text", zh: "您的文字" },
  "text.placeholder": { en: "Thank you so much, this made my whole week!", zh: "太感谢了，我这一周都会很开心！" },
  "text.empty": { en: "The result appears here as you write.", zh: "结果会随着您的输入显示在这里。" },
  "text.examples": { en: "Or try one of these", zh: "或者试试这些" },
  "text.example1": { en: "Thank you so much, this made my whole week!", zh: "太感谢了，我这一周都会很开心！" },
  "text.example2": { en: "I miss her more every day.", zh: "我一天比一天更想念她。" },
  "text.example3": { en: "I'm furious. How dare they lie to us!", zh: "太过分了，我真的气死了！" },
  "text.example4": { en: "The meeting is at ten in room four.", zh: "会议十点在四号会议室。" },
  "text.clear": { en: "Clear", zh: "清空" },

  "live.title": { en: "Live", zh: "实时" },
  "live.lead": { en: "Face, voice and words, together, as they happen.", zh: "面部、声音和文字，实时汇合。" },
  "live.use": { en: "What may be analyzed?", zh: "可以分析什么？" },
  "live.camera": { en: "Camera", zh: "摄像头" },
  "live.microphone": { en: "Microphone", zh: "麦克风" },
  "live.typed": { en: "Words that you type are used too.", zh: "您输入的文字也会一并使用。" },
  "live.consent": {
    en: "Everybody who can be seen or heard knows about this and agrees.",
    zh: "所有会被看到或听到的人都知情并同意。",
  },
  "live.start": { en: "Start", zh: "开始" },
  "live.starting": { en: "Starting…", zh: "正在启动…" },
  "live.stop": { en: "Stop", zh: "停止" },
  "live.active": { en: "Analysis is on", zh: "正在分析" },
  "live.activeWith": { en: "{what} in use", zh: "正在使用{what}" },
  "live.onDevice": { en: "nothing leaves this device", zh: "不离开本设备" },
  "live.onServer": { en: "sent to the server, dropped after use", zh: "发送到服务器，用后即弃" },
  "live.stage": { en: "Camera picture with faces marked", zh: "标出面孔的摄像头画面" },
  "live.noCamera": { en: "The camera is off.", zh: "摄像头已关闭。" },
  "live.noFace": { en: "No face in sight.", zh: "画面中没有面孔。" },
  "live.face": { en: "Face {number} appears to express {label}", zh: "第 {number} 张面孔看起来表达了{label}" },
  "live.now": { en: "Now", zh: "此刻" },
  "live.waiting": { en: "Waiting for a face, a voice or a word.", zh: "等待面孔、声音或文字。" },
  "live.speaking": { en: "Somebody speaks", zh: "有人在说话" },
  "live.silent": { en: "Nobody speaks", zh: "无人说话" },
  "live.loading": { en: "Fetching the models; this is needed once.", zh: "正在下载模型，仅需一次。" },
  "live.timeline": { en: "The last minute", zh: "最近一分钟" },
  "live.timelineHint": { en: "Scores of each emotion over time", zh: "各种情绪的分数随时间的变化" },
  "live.utterances": { en: "Said so far", zh: "已说内容" },
  "live.noUtterances": { en: "What is said appears here, piece by piece.", zh: "所说的话会逐段显示在这里。" },
  "live.say": { en: "Type along", zh: "边说边输入" },
  "live.sayPlaceholder": { en: "Words that belong to this moment…", zh: "属于此刻的话…" },
  "live.send": { en: "Add", zh: "添加" },
  "live.ended": { en: "The session has ended. Nothing was kept.", zh: "会话已结束，未保存任何内容。" },
  "live.again": { en: "Start again", zh: "重新开始" },
  "live.reconnecting": { en: "The server is gone. Trying again…", zh: "与服务器的连接已断开，正在重试…" },
  "live.rate": { en: "Pictures per second: {count}", zh: "每秒 {count} 帧" },

  "files.title": { en: "Files", zh: "文件" },
  "files.lead": {
    en: "Pictures, recordings, films and texts: one, or many at once.",
    zh: "图片、录音、视频和文本：一个或多个都可以。",
  },
  "files.drop": { en: "Drop files here", zh: "将文件拖到这里" },
  "files.choose": { en: "Choose files", zh: "选择文件" },
  "files.kinds": {
    en: "JPEG, PNG, WAV, MP3, MP4, TXT, CSV with a column text, …",
    zh: "JPEG、PNG、WAV、MP3、MP4、TXT、含 text 列的 CSV 等",
  },
  "files.working": { en: "{done} of {all} done", zh: "已完成 {done} / {all}" },
  "files.cancel": { en: "Cancel", zh: "取消" },
  "files.clear": { en: "Clear all", zh: "全部清除" },
  "files.name": { en: "File", zh: "文件" },
  "files.kind": { en: "Kind", zh: "类型" },
  "files.answer": { en: "Appears to express", zh: "看起来表达了" },
  "files.confidence": { en: "Confidence", zh: "把握" },
  "files.sort": { en: "Sort by {column}", zh: "按{column}排序" },
  "files.filter": { en: "Show", zh: "显示" },
  "files.subject": {
    en: "Pseudonym of the person, to find and erase the results by",
    zh: "此人的代号，用于查找和删除结果",
  },
  "files.all": { en: "all", zh: "全部" },
  "files.waiting": { en: "waiting", zh: "等待中" },
  "files.running": { en: "analyzing…", zh: "分析中…" },
  "files.failed": { en: "failed", zh: "失败" },
  "files.cancelled": { en: "cancelled", zh: "已取消" },
  "files.exportJson": { en: "Export JSON", zh: "导出 JSON" },
  "files.exportCsv": { en: "Export CSV", zh: "导出 CSV" },
  "files.summary": { en: "Summary", zh: "汇总" },
  "files.details": { en: "Details of {name}", zh: "{name} 的详情" },
  "files.timeline": { en: "Over time", zh: "随时间变化" },
  "files.faces": { en: "{count} faces", zh: "{count} 张面孔" },
  "files.picture": { en: "{name} with faces marked", zh: "标出面孔的 {name}" },
  "files.consent": {
    en: "People in these files agreed to be analyzed, or I may do so without.",
    zh: "文件中的人同意被分析，或我有权进行分析。",
  },
  "files.kindText": { en: "text", zh: "文本" },
  "files.kindImage": { en: "picture", zh: "图片" },
  "files.kindAudio": { en: "recording", zh: "录音" },
  "files.kindVideo": { en: "film", zh: "视频" },
  "files.unknown": { en: "This kind of file is not known here.", zh: "无法识别此类文件。" },

  "history.title": { en: "History", zh: "记录" },
  "history.lead": {
    en: "What this server answered and kept. Media and texts are never kept.",
    zh: "本服务器回答并保存的内容。媒体和文字从不保存。",
  },
  "history.keep": { en: "Kept for {days} days.", zh: "保存 {days} 天。" },
  "history.keepNone": { en: "This server keeps nothing.", zh: "本服务器不保存任何内容。" },
  "history.empty": { en: "Nothing is kept.", zh: "没有任何记录。" },
  "history.emptyHint": {
    en: "What is analyzed on this device never comes here. Choose the server above to keep results.",
    zh: "在本设备上分析的内容不会出现在这里。若要保存结果，请在上方选择服务器。",
  },
  "history.subject": { en: "Subject", zh: "对象" },
  "history.session": { en: "Session", zh: "会话" },
  "history.time": { en: "Time", zh: "时间" },
  "history.from": { en: "From", zh: "从" },
  "history.to": { en: "Until", zh: "到" },
  "history.label": { en: "Appears to express", zh: "看起来表达了" },
  "history.none": { en: "Nothing fits this search.", zh: "没有符合条件的记录。" },
  "history.search": { en: "Search", zh: "搜索" },
  "history.more": { en: "Show more", zh: "显示更多" },
  "history.erase": { en: "Erase everything about {subject}", zh: "删除关于 {subject} 的一切" },
  "history.eraseAsk": {
    en: "Erase everything about {subject}? It cannot be undone.",
    zh: "删除关于 {subject} 的一切？此操作无法撤销。",
  },
  "history.eraseYes": { en: "Erase", zh: "删除" },
  "history.eraseNo": { en: "Keep", zh: "保留" },
  "history.erased": { en: "Erased: {count} records. {left} are left.", zh: "已删除 {count} 条记录，剩余 {left} 条。" },
  "history.key": { en: "This server wants a key", zh: "此服务器需要密钥" },
  "history.keyHint": { en: "It is kept until this tab is closed.", zh: "密钥仅保留到此标签页关闭。" },
  "history.keyUse": { en: "Use the key", zh: "使用密钥" },

  "error.title": { en: "That did not work", zh: "未能完成" },
  "error.again": { en: "Try again", zh: "重试" },
  "error.denied": { en: "Camera or microphone were not allowed.", zh: "未允许使用摄像头或麦克风。" },
  "error.deniedHint": {
    en: "Allow them in the browser's address bar, or choose only what you want to share.",
    zh: "请在浏览器地址栏中允许，或只选择您愿意共享的设备。",
  },
  "error.noDevice": { en: "No such camera or microphone was found.", zh: "未找到摄像头或麦克风。" },
  "error.noDeviceHint": { en: "Plug one in, or choose only what is there.", zh: "请连接设备，或只选择已有的设备。" },
  "error.busyDevice": {
    en: "The camera or microphone is in use by another program.",
    zh: "摄像头或麦克风正被其他程序占用。",
  },
  "error.busyDeviceHint": { en: "Close that program and try again.", zh: "请关闭该程序后重试。" },
  "error.insecure": { en: "Browsers share cameras with secure pages only.", zh: "浏览器只允许安全页面使用摄像头。" },
  "error.insecureHint": {
    en: "Open this page over HTTPS, or on the machine itself.",
    zh: "请通过 HTTPS 打开本页面，或在本机上打开。",
  },
  "error.noFace": { en: "No face was found.", zh: "没有找到面孔。" },
  "error.noFaceHint": {
    en: "Use a picture in which a face is upright, lit and not too small.",
    zh: "请使用面孔端正、光线充足且不太小的图片。",
  },
  "error.noSpeech": { en: "No speech was heard.", zh: "没有听到语音。" },
  "error.noSpeechHint": {
    en: "Use a recording in which somebody speaks audibly.",
    zh: "请使用能清楚听到有人说话的录音。",
  },
  "error.media": { en: "The file could not be read.", zh: "无法读取此文件。" },
  "error.mediaHint": {
    en: "It may be damaged, or of a kind that is not known here.",
    zh: "文件可能已损坏，或格式不受支持。",
  },
  "error.busy": { en: "The server is busy.", zh: "服务器繁忙。" },
  "error.busyHint": { en: "Try again in a moment.", zh: "请稍后重试。" },
  "error.key": { en: "This server wants a key.", zh: "此服务器需要密钥。" },
  "error.keyHint": { en: "Give it on the page History.", zh: "请在“记录”页面输入密钥。" },
  "error.gone": { en: "The server does not answer.", zh: "服务器没有响应。" },
  "error.goneHint": { en: "Check that it runs, then try again.", zh: "请确认服务器正在运行，然后重试。" },
} as const satisfies Texts;

export type Key = keyof typeof STRINGS;

/** The text of a key, with its values filled in. */
export function translate(
  language: Language,
  key: Key,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return STRINGS[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}
