package shop;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class OrderService {
    private static final Logger log = LoggerFactory.getLogger(OrderService.class);
    private static final java.util.logging.Logger audit = java.util.logging.Logger.getLogger("audit");
    private static final String GREETING = "shop is open";

    private final Stock stock;

    public OrderService(Stock stock) {
        this.stock = stock;
        log.info(GREETING);
    }

    private void audited(String text, Object... values) {
        audit.info("[audit] " + String.format(text, values));
    }

    @PostMapping("/order")
    public String order(List<String> items, int customer) {
        log.info("order of {} items by {}", items.size(), customer);
        int count = 0;
        try {
            for (String item : items) {
                if (!stock.take(item)) {
                    log.warn("out of stock: {}", item);
                    continue;
                }
                count++;
                audited("took %s", item);
            }
            if (count == 0) {
                throw new IllegalStateException("nothing");
            }
        } catch (IllegalStateException error) {
            log.error("order failed", error);
            return "failed";
        } finally {
            System.out.println("order " + customer + " handled");
        }
        String speed = switch (count) {
            case 1, 2 -> "fast";
            default -> "slow";
        };
        log.info("delivery is " + speed);
        items.forEach(item -> log.debug("packing {}", item));
        return speed;
    }

    public static void main(String[] args) {
        System.out.printf("starting with %d arguments%n", args.length);
        new OrderService(new Stock());
    }
}

class Stock {
    private int left = 3;

    boolean take(String item) {
        System.err.println(left > 1 ? "plenty of " + item : "the last " + item);
        return left-- > 0;
    }
}
