/** @table Every word of the page Start, in each language. */
export const START_STRINGS = {
  "start.title": { en: "What does an expression appear to say?", zh: "这个表情，看起来在说什么？" },
  "start.lead": {
    en: "affekt reads text, faces and voices, alone or together, and says which emotion they appear to express, how sure it is, and why it would rather not say.",
    zh: "affekt 读取文字、人脸和声音，可单独也可一起，并说明它们看起来表达了哪种情绪、有多大把握，或为何不下结论。",
  },
  "start.live": { en: "Camera and microphone", zh: "摄像头和麦克风" },
  "start.liveText": {
    en: "Watch face, voice and words come together as you speak.",
    zh: "边说边看：人脸、声音和文字如何合在一起。",
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
} as const;
