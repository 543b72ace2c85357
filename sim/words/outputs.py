"""Words of runs, comparisons and their tables: {key: (Chinese, English)}."""

WORDS = {
    "results.disk_full": ("磁盘已满，结果没有写完。", "the disk is full; the result was not kept."),
    "results.disk_full.hint": ("请腾出空间（ronghe runs rm），再运行同一命令即可接着算。", "Free some space (ronghe runs rm) and give the same command again; it goes on where it stopped."),
    "results.read_only": ("没有写入权限。", "this place cannot be written to."),
    "results.read_only.hint": ("请用 --out 指定一个可写的文件夹。", "Name a folder that you may write to with --out."),
    "results.not_a_folder": ("这里应是文件夹，却是文件。", "a file stands where a folder is needed."),
    "results.not_a_folder.hint": ("请用 --out 指定另一个文件夹。", "Name another folder with --out."),
    "results.other_key": ("此处的结果由另一组设定算出（不同：{fields}）。", "what stands here was computed from other settings (different: {fields})."),
    "results.other_key.hint": ("请用 --force 重算，或用 --out 另设文件夹。", "Compute it again with --force, or name another folder with --out."),
    "results.unreadable": ("文件读不出来：{problem}。", "the file cannot be read: {problem}."),
    "results.unreadable.hint": ("请用 --force 重算这个方案。", "Compute the scenario again with --force."),
    "results.no_table": ("没有 {table} 这张表。", "there is no table {table}."),
    "results.no_table.hint": ("年末快照要用 --snapshot {year} 生成。", "Snapshots are made by --snapshot {year}."),
    "results.no_run": ("这里没有推演结果。", "no run stands here."),
    "results.no_run.hint": ("请给出 runs/ 下的一个文件夹；ronghe runs list 会列出它们。", "Give a folder under runs/; ronghe runs list shows them."),
    "results.other_schema": ("结果的格式版本是 {found}，本程序读的是 {known}。", "its format has version {found}; this program reads {known}."),
    "results.other_schema.hint": ("请重算这个方案。", "Compute the scenario again."),
    "results.no_seed": ("没有算完的随机种子：{seeds}。", "no finished seed: {seeds}."),
    "results.no_seed.hint": ("请再运行一次 ronghe run。", "Give ronghe run once more."),
}
