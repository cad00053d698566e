package queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Scanner;
import java.util.logging.Level;
import java.util.logging.Logger;

public class JobQueue {
    private static final Logger log = Logger.getLogger(JobQueue.class.getName());
    private static final int LIMIT = 3;

    private final Deque<String> waiting = new ArrayDeque<>();

    private void trace(String format, Object... values) {
        System.out.println("[trace] " + String.format(format, values));
    }

    private boolean accept(String job) {
        if (job.isBlank()) {
            log.warning("a job without a name");
            return false;
        }
        if (waiting.size() >= LIMIT) {
            log.log(Level.WARNING, "queue is full, {0} is turned away", job);
            return false;
        }
        waiting.add(job);
        trace("queued %s behind %d", job, waiting.size() - 1);
        return true;
    }

    private void run(String job) {
        System.out.printf("running %s%n", job);
        try {
            if (job.startsWith("bad")) {
                throw new IllegalStateException(job);
            }
            int count = 0;
            for (char c : job.toCharArray()) {
                if (c == 'x') {
                    count++;
                    log.info("step " + count);
                }
            }
        } catch (IllegalStateException error) {
            log.severe("job failed: " + error.getMessage());
        } finally {
            trace("%s is over", job);
        }
    }

    public static void main(String[] args) {
        JobQueue queue = new JobQueue();
        int refused = 0;
        System.out.println("reading jobs");
        Scanner input = new Scanner(System.in);
        while (input.hasNextLine()) {
            if (!queue.accept(input.nextLine())) {
                refused++;
            }
        }
        do {
            String job = queue.waiting.poll();
            if (job == null) {
                log.info("nothing to do");
                break;
            }
            queue.run(job);
        } while (!queue.waiting.isEmpty());
        System.err.println(refused > 0 ? "refused " + refused : "all were taken");
    }
}
