// A mocha reporter whose last line is `N passed, N failed, N skipped`, whatever else the run prints, and that names what was skipped.
import Mocha from 'mocha';

export default class Reporter extends Mocha.reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    let dots = 0;
    const dot = (character) => {
      process.stdout.write(character);
      dots += 1;
      if (dots % 100 === 0) process.stdout.write('\n');
    };
    runner.on('pass', (test) => {
      dot('.');
      if (test.speed === 'slow') process.stdout.write(`\n  slow (${test.duration} ms): ${test.fullTitle()}\n`);
    });
    runner.on('fail', () => dot('!'));
    runner.on('pending', (test) => {
      dot(',');
      skipped.push(test.fullTitle());
    });
    runner.once('end', () => {
      process.stdout.write('\n');
      if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
      for (const title of skipped) process.stdout.write(`skipped: ${title}\n`);
    });
    process.once('exit', () => {
      const { passes = 0, failures = 0, pending = 0 } = this.stats ?? {};
      process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
    });
  }
}
