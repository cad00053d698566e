<?php
namespace App;

use InvalidArgumentException;

const LOW = 'stock of %s is low: %d left';

class Handler
{
    private string $name;

    public function __construct(string $name)
    {
        $this->name = $name;
    }

    private function note(string $text): void
    {
        fwrite(STDERR, "[$this->name] " . $text . PHP_EOL);
    }

    private function parse(string $data): array
    {
        $order = json_decode($data, true);
        if (!is_array($order)) {
            error_log('order is no JSON: ' . json_last_error_msg());
            throw new InvalidArgumentException('no JSON');
        }
        return $order;
    }

    private function take(array $line, int $left): int
    {
        switch ($line['kind'] ?? 'part') {
            case 'gift':
                $this->note('a gift');
            case 'part':
                $this->note("taking {$line['count']} of {$line['sku']}");
                break;
            default:
                $this->note('unknown kind');
                return $left;
        }
        $left -= $line['count'];
        if ($left < 3) {
            fprintf(STDERR, LOW . "\n", $line['sku'], $left);
        }
        return $left;
    }

    public function handle(string $data): string
    {
        $left = 10;
        try {
            foreach ($this->parse($data)['lines'] ?? [] as $line) {
                if ($left <= 0) {
                    error_log(sprintf('sold out before %s', $line['sku']));
                    break;
                }
                $left = $this->take($line, $left);
            }
        } catch (InvalidArgumentException $error) {
            $this->note('refused: ' . $error->getMessage());
            return 'refused';
        } finally {
            $this->note('order done');
        }
        return $left > 0 ? "left $left" : 'empty';
    }
}
