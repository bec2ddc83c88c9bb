/** The names of Claude Code's own tools, of today and of former versions, and of some of other agents. */
export const CLAUDE_CODE_TOOLS: readonly string[] = `
  Agent AgentOutputTool AppifactRepl Artboard Artifact AskUserQuestion Bash BashOutput BashOutputTool Brief ClaudeDesign Config CronCreate
  CronDelete CronList DesignSync Edit EndConversation EnterPlanMode EnterWorktree ExitPlanMode ExitWorktree Glob Grep KillBash KillShell LS LSP
  ListAgents ListConnectors ListMcpResources ListMcpResourcesTool McpTaskCheck Monitor MultiEdit NotebookEdit NotebookRead Poll PowerShell
  Projects ProposeGoal PushNotification REPL Read ReadChangedFiles ReadMcpResource ReadMcpResourceDirTool ReadMcpResourceTool
  ReadNotifications RefreshMcpTools RemoteTrigger ReportFindings RunWorkflow ScheduleWakeup SearchMcpRegistry SendFeedback SendFile SendMessage
  SendUserFile SendUserMessage SetGoal ShareOnboardingGuide Skill SlashCommand Sleep Snip StructuredOutput SubagentHandback SuggestConnectors
  SuggestSkills Task TaskCreate TaskGet TaskList TaskOutput TaskStop TaskUpdate TeamCreate TeamDelete TestingPermission TodoRead TodoWrite
  ToolSearch WaitForMcpServers propose_skills WebFetch WebSearch Workflow WrapUp Write advisor bash code_execution computer memory
  str_replace_based_edit_tool tool_search web_fetch web_search
  SetTodoList Think CreateSubagent WriteFile ReadFile StrReplaceFile SearchWeb FetchURL SendDMail`
  .trim()
  .split(/\s+/);
