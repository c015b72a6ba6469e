/** @table Every word of problems, and what to do about them, in each language. */
export const ERROR_STRINGS = {
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
  "error.limit": { en: "That is too large.", zh: "文件过大。" },
  "error.limitHint": {
    en: "Analyze it on this device, or cut it into parts.",
    zh: "请在本设备上分析，或拆分后再试。",
  },
  "error.busy": { en: "The server is busy.", zh: "服务器繁忙。" },
  "error.busyHint": { en: "Try again in a moment.", zh: "请稍后重试。" },
  "error.key": { en: "This server wants a key.", zh: "此服务器需要密钥。" },
  "error.keyHint": { en: "Give it on the page History.", zh: "请在“记录”页面输入密钥。" },
  "error.gone": { en: "The server does not answer.", zh: "服务器没有响应。" },
  "error.goneHint": { en: "Check that it runs, then try again.", zh: "请确认服务器正在运行，然后重试。" },
} as const;
