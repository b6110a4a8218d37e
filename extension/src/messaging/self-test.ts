/** What the server found about the newest test mail. */
export interface SelfTestState {
  /** `ok` when Gmail came, `warning` when something else did. */
  status: string;
  summary: string;
  advice: string;
}
