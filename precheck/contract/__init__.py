"""What the agent and the endpoint both mean: verdicts, findings, policies, reports and words.

Pure: nothing here touches the machine, the web or a database; the only files read are the
package's own data files (`offices/`, `catalogues/`, `wording/`).
"""
