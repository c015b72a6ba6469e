/** @table Every word of the page Text, in each language. */
export const TEXT_STRINGS = {
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
} as const;
