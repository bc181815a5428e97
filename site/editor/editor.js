/**
 * The editor for Python, made of CodeMirror. The build makes one file of it and of what it imports (l2site.editor).
 *
 * It lives in a shadow tree, where CodeMirror adopts its style sheets: into the page it would write a style element,
 * which the page's policy refuses.
 *
 * @import { CompletionContext } from "@codemirror/autocomplete"
 * @import { Editor, EditorOptions, Name } from "../static/js/types.d.ts"
 */

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python, pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  forceParsing,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** For how many milliseconds, at most, a new line waits until what is above it has been read. */
const READING = 500;

const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: "var(--role-muted)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--role-weight)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--role-validation)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--role-penalty)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className], color: "var(--role-training)" },
  { tag: tags.meta, color: "var(--role-rate)" },
]);

const THEME = EditorView.theme({
  "&": {
    color: "var(--role-ink)",
    backgroundColor: "var(--raised)",
    maxHeight: "var(--editor-height, 32rem)",
  },
  "&.cm-focused": { outline: "2px solid var(--role-ink)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "0.8125rem", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { caretColor: "var(--role-ink)", paddingBlock: "0.6rem" },
  ".cm-cursor": { borderLeftColor: "var(--role-ink)" },
  ".cm-gutters": {
    color: "var(--role-muted)",
    backgroundColor: "var(--raised)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { boxShadow: "inset 2px 0 var(--role-muted)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--role-training) 25%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--role-muted)",
  },
  ".cm-wrong": {
    backgroundColor: "color-mix(in srgb, var(--role-penalty) 14%, transparent)",
    boxShadow: "inset 3px 0 var(--role-penalty)",
  },
  ".cm-tooltip": {
    color: "var(--role-ink)",
    backgroundColor: "var(--role-surface)",
    border: "1px solid var(--line)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--role-surface)",
    backgroundColor: "var(--role-ink)",
  },
  ".cm-completionInfo": { maxWidth: "26rem", padding: "0.4rem 0.6rem", whiteSpace: "pre-wrap" },
  ".cm-completionDetail": { color: "inherit" },
});

/** Marks a line that Python complained about; null unmarks it. */
const complain = /** @type {import("@codemirror/state").StateEffectType<number | null>} */ (
  StateEffect.define()
);
const complaint = StateField.define({
  create: () => Decoration.none,
  update(marks, { docChanged, effects, state }) {
    let now = docChanged ? Decoration.none : marks;
    for (const effect of effects) {
      if (!effect.is(complain)) continue;
      now = Decoration.none;
      if (effect.value !== null && effect.value >= 1 && effect.value <= state.doc.lines)
        now = Decoration.set(Decoration.line({ class: "cm-wrong" }).range(state.doc.line(effect.value).from));
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * A new line is indented by what stands above it, which a slow device may not have read yet; it is read now. Then Enter
 * does what it always does.
 * @param {EditorView} view
 */
function readFirst(view) {
  forceParsing(view, view.state.selection.main.head, READING);
  return false;
}

/** Tab indents until Escape is pressed; then it leaves, until something is typed or the editor is entered again. */
const LEAVING = [
  keymap.of([
    {
      key: "Escape",
      run(view) {
        view.setTabFocusMode(true);
        return false;
      },
    },
  ]),
  EditorView.updateListener.of(({ docChanged, focusChanged, view }) => {
    if (docChanged || (focusChanged && view.hasFocus)) view.setTabFocusMode(false);
  }),
];

/**
 * Put typed text in the place of the selection. Left to itself, the browser would write the style of what it replaces into
 * an attribute, which the page's policy refuses.
 */
const TYPING = EditorView.domEventHandlers({
  beforeinput({ data, inputType }, view) {
    if (inputType !== "insertText" || data === null || view.composing) return false;
    const { from, to } = view.state.selection.main;
    const insert = () =>
      view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler); // such as what closes brackets
    if (!handlers.some((handle) => handle(view, from, to, data, insert))) view.dispatch(insert());
    return true;
  },
});

/**
 * @param {HTMLElement} host An empty element.
 * @param {EditorOptions} options
 * @returns {Editor}
 */
export function makeEditor(host, { text, label, names, begin, run, changed }) {
  const root = host.attachShadow({ mode: "open" });
  const ran = () => {
    run();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: ran }])),
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        indentUnit.of("    "),
        python(),
        pythonLanguage.data.of({ autocomplete: completing(names) }),
        autocompletion(),
        syntaxHighlighting(COLOURS),
        THEME,
        complaint,
        keymap.of([
          { key: "Tab", run: acceptCompletion },
          ...closeBracketsKeymap,
          ...completionKeymap,
          { key: "Enter", run: readFirst },
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        LEAVING,
        TYPING,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged) changed();
        }),
      ],
    }),
  });
  const at = begin ? text.search(begin) : -1;
  if (at >= 0) view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "start" }) });
  return {
    text: () => view.state.doc.toString(),
    replace: (insert) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert } }),
    complain: (line) => {
      view.dispatch({ effects: complain.of(line) });
      if (line !== null && line >= 1 && line <= view.state.doc.lines)
        view.dispatch({
          effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: "nearest" }),
        });
    },
    focus: () => view.focus(),
  };
}

/**
 * Offers our own names: modules and what is in them.
 * @param {Name[]} names
 */
function completing(names) {
  const options = names.map(({ name, kind, signature, says }) => ({
    label: name,
    type: kind,
    detail: signature,
    info: says,
  }));
  /** @param {CompletionContext} context */
  return (context) => {
    const word = context.matchBefore(/[\w.]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    return { from: word.from, options, validFor: /^[\w.]*$/ };
  };
}
