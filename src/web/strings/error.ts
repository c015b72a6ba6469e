/** @table Every word of problems that the browser finds, and what to do about them, in each language. */
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
  "error.deviceGone": { en: "The camera or microphone is gone.", zh: "摄像头或麦克风已断开。" },
  "error.deviceGoneHint": {
    en: "Nothing is analyzed any more. Plug it in or allow it again, then start again.",
    zh: "分析已停止。请重新连接或重新允许使用，然后再次开始。",
  },
  "error.insecure": { en: "Browsers share cameras with secure pages only.", zh: "浏览器只允许安全页面使用摄像头。" },
  "error.insecureHint": {
    en: "Open this page over HTTPS, or on the machine itself.",
    zh: "请通过 HTTPS 打开本页面，或在本机上打开。",
  },
  "error.details": { en: "Details, in English", zh: "详细信息（英文）" },
} as const;
