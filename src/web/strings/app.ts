/** @table Every word of the frame of every page: names, pages, settings, in each language. */
export const APP_STRINGS = {
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
  "settings.pageAtServer": {
    en: "This page always works with the server: what you add or type on it is sent there, whatever is chosen here.",
    zh: "本页始终使用服务器：无论在此选择什么，您在本页添加或输入的内容都会发送到服务器。",
  },
} as const;
