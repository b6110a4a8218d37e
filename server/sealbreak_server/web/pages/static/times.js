// Shows times in the browser's time zone.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function format(moment) {
  const clock = [moment.getHours(), moment.getMinutes()].map((n) => String(n).padStart(2, "0"));
  const year = moment.getFullYear() === new Date().getFullYear() ? "" : ` ${moment.getFullYear()}`;
  return `${moment.getDate()} ${MONTHS[moment.getMonth()]}${year}, ${clock.join(":")}`;
}

function localize(root) {
  for (const time of root.querySelectorAll("time[datetime], [data-time]")) {
    const moment = new Date(time.dateTime ?? time.dataset.time);
    time.textContent = format(moment);
    if (time.dateTime) time.title = moment.toISOString();
  }
}
