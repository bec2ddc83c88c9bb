import { PROGRAM } from "../command.ts";

/** The word that asks this program for completions: `__complete =CURRENT WORD…`, of which the words are those before the current one. */
export const COMPLETE = "__complete";

type Shell = {
  /** Where the script goes, for the help. */
  readonly place: string;
  readonly script: string;
};

/**
 * What each shell has to do: to hand over its words, and to offer what it is told. The current word has an equals sign before it, since PowerShell
 * drops empty words.
 */
export const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    place: "for ~/.bashrc",
    // Works in bash 3.2 too, which macOS has.
    script: `_claude_max_api() {
  local word description
  COMPREPLY=()
  while IFS=$'\\t' read -r word description; do
    COMPREPLY+=("$word")
  done < <("\${COMP_WORDS[0]}" ${COMPLETE} "=\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -o bashdefault -o default -F _claude_max_api ${PROGRAM}
`,
  },
  zsh: {
    place: "for ~/.zshrc, behind compinit",
    // In a folder of fpath it is a function's body, which zsh reads when it is first asked.
    script: `#compdef ${PROGRAM}
_claude-max-api() {
  local line
  local -a found
  for line in "\${(@f)$("\${words[1]}" ${COMPLETE} "=\${words[CURRENT]}" "\${(@)words[2,CURRENT-1]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe '${PROGRAM}' found; else _files; fi
}
if [[ $funcstack[1] == _claude-max-api ]]; then _claude-max-api "$@"; else compdef _claude-max-api ${PROGRAM}; fi
`,
  },
  fish: {
    place: "for ~/.config/fish/completions/claude-max-api.fish",
    script: `function __claude_max_api
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l found ($program ${COMPLETE} "=$current" $words 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c ${PROGRAM} -f -a '(__claude_max_api)'
`,
  },
  powershell: {
    place: "for the file that $PROFILE names",
    script: `Register-ArgumentCompleter -Native -CommandName ${PROGRAM}, ${PROGRAM}.exe -ScriptBlock {
    param($current, $line, $cursor)
    $elements = @($line.CommandElements)
    $before = @($elements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { $_.ToString() })
    & $elements[0].ToString() ${COMPLETE} "=$current" $before 2>$null | ForEach-Object {
        $word, $description = $_ -split "\`t", 2
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
    }
}
`,
  },
};
